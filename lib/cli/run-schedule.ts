// Runs `schedule add`, `list` and `remove`.
import type { ScheduleRun, ScheduleView } from '../api/schedule.ts';
import { formatMoment } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { apiAddressOf } from './api-address.ts';
import { EXIT } from './exit.ts';
import type { ServiceFlags } from './flags.ts';
import { optionsOf } from './options-of.ts';
import type { ScheduleFlags } from './schedule.ts';
import { withService } from './service.ts';
import { refuseAddresses } from './store-names.ts';

interface Asked {
  readonly name: string;
  readonly expression: string;
  readonly source: string;
  readonly destination: string;
}

const ONLY_WITH_SERVE = 'It fires only while "picferry serve" runs on this state folder.';

export const runScheduleAdd = (asked: Asked, flags: ScheduleFlags): Promise<number> => {
  const { name, expression, source, destination } = asked;
  const there = apiAddressOf(flags, process.env) !== undefined;
  refuseAddresses(
    asked,
    'a schedule',
    there ? 'name it in picferry.json and deploy, or start serve, again' : 'name it in ./picferry.json',
  );
  const mode = flags.check ? ('check' as const) : ('sync' as const);
  const body = { name, expression, timeZone: flags.timeZone, mode, source, destination, options: optionsOf(flags) };
  return withService(flags, async (service) => {
    const schedule = await service.addSchedule(body);
    if (flags.json) process.stdout.write(`${JSON.stringify(schedule)}\n`);
    else process.stdout.write(`Schedule ${textOf(schedule)}\n`);
    if (!there) process.stderr.write(`${ONLY_WITH_SERVE}\n`);
    return EXIT.fine;
  });
};

export const runScheduleList = (flags: ServiceFlags): Promise<number> =>
  withService(flags, async (service) => {
    const schedules = await service.schedules();
    if (flags.json) process.stdout.write(`${JSON.stringify({ schedules })}\n`);
    else if (schedules.length === 0) process.stdout.write('No schedules yet.\n');
    else process.stdout.write(`${schedules.map((one) => [textOf(one), ...runsOf(one)].join('\n')).join('\n\n')}\n`);
    return EXIT.fine;
  });

export const runScheduleRemove = (name: string, flags: ServiceFlags): Promise<number> =>
  withService(flags, async (service) => {
    await service.removeSchedule(name);
    process.stdout.write(
      flags.json ? `${JSON.stringify({ removed: name })}\n` : `Schedule ${printable(name)} is removed.\n`,
    );
    return EXIT.fine;
  });

const textOf = ({ name, expression, timeZone, request: { mode, source, destination } }: ScheduleView): string =>
  printable(`${name}: ${expression} ${timeZone}, ${mode} ${source} -> ${destination}`);

/** How many runs are shown; --json has all that are kept. */
const SHOWN = 5;

const runsOf = ({ runs, nextAt }: ScheduleView): readonly string[] => [
  `  next: ${nextAt === undefined ? 'never again' : printable(formatMoment(nextAt))}`,
  ...(runs.length === 0 ? ['  has not fired yet'] : runs.slice(0, SHOWN).map((run) => `  ${printable(runText(run))}`)),
];

const runText = (run: ScheduleRun): string => {
  const when = formatMoment(run.at);
  if (run.outcome === 'started') return `${when}  started ${run.migrationId}`;
  if (run.outcome === 'skipped') return `${when}  skipped: ${run.migrationId} was running on its pair`;
  return `${when}  refused: ${run.message}`;
};
