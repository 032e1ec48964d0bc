// Runs `show`: what was asked, how far it is, how it ended.
import { formatCount, formatMoment } from '../report/format.ts';
import { readProgress } from '../workflow/progress.ts';
import { hasEnded, type MigrationRecord } from '../workflow/record.ts';
import { reportOf } from '../workflow/report-of.ts';
import { EXIT } from './exit.ts';
import type { StateFlags } from './flags.ts';
import { placesOf, resultOfRecord } from './print-result.ts';
import { printable } from './printable.ts';
import { progressText } from './progress-text.ts';
import { aboutOf } from './run-list.ts';
import { readKnown } from './state.ts';

export const runShow = (id: string, { stateDir, json }: StateFlags): Promise<number> =>
  readKnown(id, stateDir, async ({ record, host }) => {
    const progress = await readProgress(host, id);
    if (json) {
      const { request } = record;
      const object = { ...resultOfRecord(record, host.files), ...aboutOf(record), request, progress };
      process.stdout.write(`${JSON.stringify(object)}\n`);
      return EXIT.fine;
    }
    const blocks = [
      recordText(record),
      ...(hasEnded(record.status) ? [] : [progressText(progress, undefined)]),
      roundsText(record),
      await placesOf(record, host.files),
    ];
    process.stdout.write(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
    return EXIT.fine;
  });

const recordText = (record: MigrationRecord): string => {
  const report = reportOf(record);
  const { from } = record.request;
  const lines: (readonly [string, string | undefined])[] = [
    ['Migration', report.id],
    ['Status', statusText(record)],
    ['Message', report.message],
    ['Mode', report.mode],
    ['From', from && `${from.from} (${from.only})`],
    ['Source', report.source],
    ['Destination', report.destination],
    ['Options', optionsText(record)],
    ['Started', formatMoment(report.startedAt)],
    ['Ended', report.endedAt && formatMoment(report.endedAt)],
  ];
  return lines
    .filter(([, text]) => text)
    .map(([title, text]) => `${`${title}:`.padEnd(13)}${printable(text ?? '')}`)
    .join('\n');
};

const statusText = ({ status, cause }: MigrationRecord): string =>
  cause && cause !== status ? `${status} (${cause})` : status;

/** Only what was asked for beside the defaults. */
const optionsText = ({ request: { options } }: MigrationRecord): string => {
  const { checksum, onDifferent, order, tags, include, exclude, minAgeMs, ...named } = options;
  const words = [
    ...include.map((glob) => `include ${glob}`),
    ...exclude.map((glob) => `exclude ${glob}`),
    ...Object.entries(named).map(([name, value]) => `${name} ${value}`),
    minAgeMs !== undefined && `min age ${minAgeMs / 1_000} s`,
    checksum && 'checksum',
    onDifferent !== 'keep' && `on different: ${onDifferent}`,
    order !== 'newest' && `${order} first`,
    !tags && 'no tags',
  ];
  return words.filter((word) => word !== false).join(', ');
};

const roundsText = ({ rounds }: MigrationRecord): string =>
  rounds
    .map(({ round, comparison, copying }) => {
      const parts = [
        comparison &&
          `${formatCount(comparison.copyList.count)} to copy, ${formatCount(comparison.remaining.count)} remaining`,
        copying && `${formatCount(copying.outcomes.copied.count + copying.outcomes.replaced.count)} copied`,
        copying && copying.outcomes.failed.count > 0 && `${formatCount(copying.outcomes.failed.count)} failed`,
      ].filter((part) => part);
      return `Round ${round}:     ${parts.join(', ')}`;
    })
    .join('\n');
