// Runs `check` and `sync`: what was asked is judged first, then a migration is started and followed to its end.
import type { Command } from 'commander';
import { type EmbeddedHost, openEmbedded } from '../embedded/host.ts';
import { stateDirOf } from '../embedded/state-dir.ts';
import { UsageError } from '../stores/usage-error.ts';
import { readMigration } from '../workflow/record.ts';
import type { From, Mode } from '../workflow/request.ts';
import { type StartResult, startFrom, startMigration } from '../workflow/start.ts';
import { EXIT, exitOf } from './exit.ts';
import type { PairFlags, StateFlags } from './flags.ts';
import { follow } from './follow.ts';
import { printResult, resultOfRecord } from './print-result.ts';
import { requestOf } from './request-of.ts';
import { readKnown } from './state.ts';
import type { SyncFlags } from './sync.ts';

export const runSync = async (
  source: string | undefined,
  destination: string | undefined,
  flags: SyncFlags,
  command: Command,
): Promise<number> => {
  if (flags.from !== undefined) {
    refuseBesideFrom(source, command);
    return runFrom({ from: flags.from, only: flags.only ?? 'missing' }, flags);
  }
  if (flags.only) throw new UsageError("--only goes with --from ID: it says which of that migration's lists to copy");
  if (source === undefined || destination === undefined) {
    throw new UsageError(
      `the ${source === undefined ? 'source and the destination are' : 'destination is'} missing: picferry sync SOURCE DESTINATION`,
    );
  }
  return runPair(flags.dryRun ? 'check' : 'sync', source, destination, flags);
};

export const runPair = async (mode: Mode, source: string, destination: string, flags: PairFlags): Promise<number> => {
  const stateDir = stateDirOf(flags.stateDir);
  const place = { cwd: process.cwd(), env: process.env, stateDir };
  const request = await requestOf(mode, { source, destination }, flags, place);
  const host = await openEmbedded({ stateDir, ...concurrencyOf(request.options.concurrency) });
  return runOn(host, () => startMigration(request, host), flags);
};

const runFrom = async (from: From, flags: StateFlags): Promise<number> => {
  const stateDir = stateDirOf(flags.stateDir);
  const earlier = await readKnown(from.from, flags.stateDir, ({ record }) => record);
  const host = await openEmbedded({ stateDir, ...concurrencyOf(earlier.request.options.concurrency) });
  return runOn(host, () => startFrom(from, host), flags);
};

const concurrencyOf = (concurrency: number | undefined) => (concurrency === undefined ? {} : { concurrency });

const runOn = async (host: EmbeddedHost, start: () => Promise<StartResult>, flags: StateFlags): Promise<number> => {
  try {
    const ended = await follow(host, start);
    if ('id' in ended) {
      await printResult(ended, host.files, { json: flags.json === true, warnings: true });
      return exitOf(ended.request.mode, resultOfRecord(ended, host.files));
    }
    const { refusal } = ended;
    if (refusal.kind === 'refused') throw new UsageError(refusal.message);
    process.stderr.write(
      `error: migration ${refusal.id} is running on this pair; wait for it, or look at it with "picferry show ${refusal.id}${flags.stateDir === undefined ? '' : ` --state-dir ${flags.stateDir}`}"\n`,
    );
    const holder = flags.json ? await readMigration(host.records, refusal.id) : undefined;
    if (holder) await printResult(holder, host.files, { json: true, warnings: false });
    return EXIT.broken;
  } finally {
    await host.close();
  }
};

/** An earlier migration's stores and options are taken as they were: anything else beside --from would be ignored. */
const ALLOWED_BESIDE_FROM: ReadonlySet<string> = new Set(['from', 'only', 'json', 'stateDir']);

const refuseBesideFrom = (source: string | undefined, command: Command): void => {
  const given = command.options.filter(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === 'cli' &&
      !ALLOWED_BESIDE_FROM.has(option.attributeName()),
  );
  const what = source === undefined ? given[0]?.long : source;
  if (what) {
    throw new UsageError(`--from takes the stores and options of that migration: leave ${what} out`);
  }
};
