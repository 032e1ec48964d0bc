// Runs `check` and `sync`: what was asked is judged first, then a migration is started and followed to its end.
import type { Command } from 'commander';
import { type EmbeddedHost, openEmbedded } from '../embedded/host.ts';
import { keepHeapSmall } from '../embedded/small-heap.ts';
import { stateDirOf } from '../embedded/state-dir.ts';
import { readPrices } from '../stores/picferry-json.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { From, Mode } from '../workflow/request.ts';
import { type StartResult, startFrom, startMigration } from '../workflow/start.ts';
import { apiAddressOf } from './api-address.ts';
import { openState, serviceOf } from './embedded-service.ts';
import type { PairFlags } from './flags.ts';
import { follow } from './follow.ts';
import { printEnd } from './print-result.ts';
import { requestOf } from './request-of.ts';
import { sayBusy } from './say-busy.ts';
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
  const api = apiAddressOf(flags, process.env);
  if (api) {
    const { runPairThere } = await import('./run-there.ts');
    return runPairThere(mode, { source, destination }, flags, api);
  }
  refuseDetach(flags);
  const stateDir = stateDirOf(flags.stateDir);
  const place = { cwd: process.cwd(), env: process.env, stateDir };
  const { request, prices } = await requestOf(mode, { source, destination }, flags, place);
  const host = await openEmbedded({ stateDir, prices, ...concurrencyOf(request.options.concurrency) });
  keepHeapSmall(mode);
  return runOn(host, () => startMigration(request, host), flags);
};

const runFrom = async (from: From, flags: PairFlags): Promise<number> => {
  const api = apiAddressOf(flags, process.env);
  if (api) {
    const { runFromThere } = await import('./run-there.ts');
    return runFromThere(from, flags, api);
  }
  refuseDetach(flags);
  const state = await openState(flags);
  const earlier = await state.migration(from.from).finally(() => state.close());
  const stateDir = stateDirOf(flags.stateDir);
  const prices = await readPrices(process.cwd());
  const host = await openEmbedded({ stateDir, prices, ...concurrencyOf(earlier.request.options.concurrency) });
  keepHeapSmall('sync');
  return runOn(host, () => startFrom(from, host), flags);
};

/** On this machine a migration lives in the process of its command: nobody would be left to run it. */
const refuseDetach = ({ detach }: PairFlags): void => {
  if (!detach) return;
  throw new UsageError(
    '--detach needs somebody else to run it: start "picferry serve" or deploy, and name its URL with --api',
  );
};

const concurrencyOf = (concurrency: number | undefined) => (concurrency === undefined ? {} : { concurrency });

const runOn = async (host: EmbeddedHost, start: () => Promise<StartResult>, flags: PairFlags): Promise<number> => {
  const service = serviceOf(host, flags);
  const json = flags.json === true;
  try {
    const ended = await follow(host, start);
    if ('id' in ended) return await printEnd(service, ended.id, json);
    const { refusal } = ended;
    if (refusal.kind === 'refused') throw new UsageError(refusal.message);
    return await sayBusy(service, refusal.id, json);
  } finally {
    await host.close();
  }
};

/** An earlier migration's stores and options are taken as they were: anything else beside --from would be ignored. */
const ALLOWED_BESIDE_FROM: ReadonlySet<string> = new Set(['from', 'only', 'json', 'stateDir', 'api', 'detach']);

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
