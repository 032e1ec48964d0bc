// The files of a report under the names that people get them by: the same over links and out of a state folder.
import type { Readable } from 'node:stream';
import type { Link } from '../api/ports.ts';
import type { FailedListLink, ReportView } from '../api/resources.ts';
import { OUTCOMES } from '../compare/outcomes.ts';
import type { ReportFile } from './service.ts';

const SINGLE = ['report.html', 'report.json', 'missing.jsonl.gz', 'missing-index.json'] as const;

/** Lists of one outcome become one file: gzip members may follow one another. Nothing is named as an API pleases. */
export const reportFiles = (
  links: ReportView['links'],
  open: (link: Link) => Promise<Readable>,
): readonly ReportFile[] => {
  if (!links) return [];
  const failed = links.failed.filter(isKnown);
  if (links.failedLists > failed.length) {
    process.stderr.write(
      `warning: there are ${links.failedLists} lists of what was not copied; only ${failed.length} of them are written.\n`,
    );
  }
  const fileOf = (name: string, parts: readonly Link[]): ReportFile => ({
    name,
    open: async function* () {
      for (const part of parts) yield await open(part);
    },
  });
  const lists = Map.groupBy(failed, ({ round, outcome }) => `round-${round}-${outcome}.jsonl.gz`);
  return [
    ...SINGLE.flatMap((name) => (links[name] ? [fileOf(name, [links[name]])] : [])),
    ...[...lists].map(([name, parts]) => fileOf(name, parts)),
  ];
};

const isKnown = ({ round, outcome }: FailedListLink): boolean =>
  Number.isSafeInteger(round) && (OUTCOMES as readonly string[]).includes(outcome);
