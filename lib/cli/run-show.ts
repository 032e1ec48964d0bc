// Runs `show`: what was asked, how far it is, how it ended.
import type { MigrationDetail } from '../api/resources.ts';
import { OUTCOMES } from '../compare/outcomes.ts';
import { formatBytes, formatCount, formatLimitUsd, formatMoment } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { spaced } from '../report/table.ts';
import { hasEnded } from '../workflow/record.ts';
import { EXIT } from './exit.ts';
import type { ServiceFlags } from './flags.ts';
import { placesText } from './print-result.ts';
import { progressText } from './progress-text.ts';
import { withService } from './service.ts';

export const runShow = (id: string, flags: ServiceFlags): Promise<number> =>
  withService(flags, async (service) => {
    const detail = await service.migration(id);
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(detail)}\n`);
      return EXIT.fine;
    }
    const { places } = await service.report(id);
    const blocks = [
      aboutText(detail),
      ...(hasEnded(detail.status) ? [] : [progressText(detail.progress, undefined)]),
      roundsText(detail),
      placesText(places),
    ];
    process.stdout.write(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
    return EXIT.fine;
  });

const aboutText = (detail: MigrationDetail): string => {
  const { from } = detail.request;
  const lines: (readonly [string, string | undefined])[] = [
    ['Migration', detail.id],
    ['Status', statusText(detail)],
    ['Message', detail.message],
    ['Mode', detail.mode],
    ['From', from && `${from.from} (${from.only})`],
    ['Source', detail.source],
    ['Destination', detail.destination],
    ['Options', optionsText(detail)],
    ['Started', formatMoment(detail.startedAt)],
    ['Ended', detail.endedAt && formatMoment(detail.endedAt)],
  ];
  return lines
    .filter(([, text]) => text)
    .map(([title, text]) => `${`${title}:`.padEnd(13)}${printable(text ?? '')}`)
    .join('\n');
};

const statusText = ({ status, cause }: MigrationDetail): string =>
  cause && cause !== status ? `${status} (${cause})` : status;

/** Only what was asked for beside the defaults. */
const optionsText = ({ request: { options } }: MigrationDetail): string => {
  const {
    checksum,
    onDifferent,
    order,
    tags,
    include,
    exclude,
    minAgeMs,
    tpsLimit,
    bandwidthLimit,
    maxCostUsd,
    ...named
  } = options;
  const words = [
    ...include.map((glob) => `include ${glob}`),
    ...exclude.map((glob) => `exclude ${glob}`),
    ...Object.entries(named).map(([name, value]) => `${name} ${value}`),
    tpsLimit !== undefined && `at most ${tpsLimit} requests a second`,
    maxCostUsd !== undefined && `at most ${formatLimitUsd(maxCostUsd)} USD`,
    bandwidthLimit !== undefined && `at most ${formatBytes(bandwidthLimit)} a second`,
    minAgeMs !== undefined && `min age ${minAgeMs / 1_000} s`,
    checksum && 'checksum',
    onDifferent !== 'keep' && `on different: ${onDifferent}`,
    order !== 'newest' && `${order} first`,
    !tags && 'no tags',
  ];
  return words.filter((word) => word !== false).join(', ');
};

const roundsText = ({ roundFigures }: MigrationDetail): string =>
  roundFigures
    .map(({ round, copyList, outcomes }) => {
      const ended = outcomes ? OUTCOMES.map((outcome) => [outcome, outcomes[outcome].count] as const) : [];
      const parts = [
        copyList && `${formatCount(copyList.count)} to copy`,
        ...ended.map(([outcome, count]) => count > 0 && `${formatCount(count)} ${spaced(outcome)}`),
      ].filter((part) => part);
      return printable(`Round ${round}:     ${parts.join(', ')}`);
    })
    .join('\n');
