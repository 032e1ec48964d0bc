// Runs one case: a migration, disturbed or not, one more without faults, and a third that finds nothing to do.
import assert from 'node:assert/strict';
import type { EmbeddedHost } from '../../../lib/embedded/host.ts';
import { cancelMigration } from '../../../lib/workflow/cancel.ts';
import { copiedRounds } from '../../../lib/workflow/figures.ts';
import { hasEnded, readMigration } from '../../../lib/workflow/record.ts';
import { reportOf } from '../../../lib/workflow/report-of.ts';
import type { From, MigrationRequest, Mode } from '../../../lib/workflow/request.ts';
import { settle } from '../../../lib/workflow/settle.ts';
import { startFrom, startMigration } from '../../../lib/workflow/start.ts';
import { proveArrived } from './arrived.ts';
import { breakCalls, breakRequests } from './breaking.ts';
import type { Case, Fault } from './case.ts';
import { type Meanwhile, proveDisturbed, proveGoneOn } from './disturbed.ts';
import { proveExact, type Ran } from './exact.ts';
import { bodyOf, Clock, givenCase, put, remove, type Services } from './given-case.ts';
import { type Expected, reference } from './model.ts';
import { givenNow, hostOptions, LONGER_THAN_ANY_LEASE_MS, optionsOf, type Stage, shelves } from './stage.ts';

/** How a disturbed migration ended, and how many of its faults came to pass. */
export interface Passed {
  readonly status?: string;
  readonly reached: number;
}

/** Throws with what is wrong. */
export const runCase = async (one: Case, services: Services): Promise<Passed> => {
  const cleanups: (() => Promise<void>)[] = [];
  const context = { after: (fn: () => Promise<void>) => void cleanups.push(fn) };
  try {
    const clock = new Clock(one.handOnAfter !== undefined);
    const world = await givenCase(context, one, services, clock);
    const stage: Stage = { one, world, clock, options: optionsOf(one, clock.time) };
    const passed = await first(stage, services);
    await again(stage, 2);
    await again(stage, 3);
    return passed;
  } finally {
    for (const service of [services.source, services.another]) service.around = undefined;
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
};

const ended = async (what: MigrationRequest | From, host: EmbeddedHost, { clock }: Stage): Promise<string> => {
  const started = await ('only' in what ? startFrom(what, host) : startMigration(what, host));
  assert.equal(started.kind, 'started', JSON.stringify(started));
  const { id } = started as { readonly id: string };
  await host.executions.finished(id);
  await settle(id, host);
  if (!hasEnded((await readMigration(host.records, id))!.status)) {
    clock.pass(LONGER_THAN_ANY_LEASE_MS);
    await settle(id, host);
  }
  return id;
};

const ranOf = async (
  id: string,
  host: EmbeddedHost,
  { one, options: { order = 'newest' } }: Stage,
  mode: Mode,
): Promise<Ran> => ({
  ...{ host, id, mode, order },
  triesAgain: one.stores === 'S3 → S3' && one.handOnAfter !== undefined,
  report: reportOf((await readMigration(host.records, id))!),
});

/** Undisturbed, and compared with the reference. */
const undisturbed = async (
  stage: Stage,
  mode: Mode,
  host: EmbeddedHost,
): Promise<{ id: string; expected: Expected }> => {
  const { world, options } = stage;
  const given = await givenNow(stage, mode);
  const expected = reference(given);
  const written = world.destination.bucket?.history.length ?? 0;
  const id = await ended(world.request(mode, options), host, stage);
  const ran = await ranOf(id, host, stage, mode);
  await proveExact(expected, ran);
  await proveArrived(expected, given, await shelves(stage), { stage: stage.one, world, ran, written });
  return { id, expected };
};

const QUIET: Passed = { reached: 0 };

const first = async (stage: Stage, services: Services): Promise<Passed> => {
  const { one, world } = stage;
  const isQuiet = one.faults.length === 0;
  if (one.from !== undefined) return firstFrom(stage, services);
  if (!isQuiet) return disturbed(stage, services, one.mode, world.request(one.mode, stage.options));
  const host = await world.host(hostOptions(stage));
  await undisturbed(stage, one.mode, host);
  await host.close();
  return QUIET;
};

/** A check whose findings are copied, or a sync whose failures are tried again. */
const firstFrom = async (stage: Stage, services: Services): Promise<Passed> => {
  const { one, world } = stage;
  const only = one.from!;
  const host = await world.host(hostOptions(stage));
  const { id, expected } = await undisturbed(stage, only === 'missing' ? 'check' : 'sync', host);
  const given = await givenNow(stage, 'sync');
  if (only === 'failed' && expected.missing.length + expected.toReplace.length === 0) {
    await host.close();
    return QUIET;
  }
  if (one.faults.length > 0) {
    await host.close();
    return disturbed(stage, services, 'sync', { from: id, only }, expected);
  }
  const ran = await ranOf(await ended({ from: id, only }, host, stage), host, stage, 'sync');
  await proveExact(expected, { ...ran, from: only });
  if (only === 'missing') await proveArrived(expected, given, await shelves(stage), { stage: one, world, ran });
  await host.close();
  return QUIET;
};

const disturbed = async (
  stage: Stage,
  services: Services,
  mode: Mode,
  what: MigrationRequest | From,
  compared?: Expected,
): Promise<Passed> => {
  const { one, world, clock, options } = stage;
  const before = await shelves(stage);
  const expected = compared ?? reference(await givenNow(stage, mode));
  const meanwhile: Meanwhile = { source: new Map(), destination: new Map() };
  let host: EmbeddedHost | undefined;
  let isClosed = false;
  const idNow = () => host?.executions.running()[0] ?? '';
  const faults = one.faults.filter((fault) => !isKnownHole(fault, one));
  const { steps, count, opened } = breakCalls(faults, {
    cancel: () => cancelMigration(idNow(), host!),
    stop: () => host!.executions.stop(idNow()),
    close: () => {
      isClosed = true;
      return host!.close();
    },
    move: async ({ side, key, to }) => {
      const versions = meanwhile[side].get(key) ?? [];
      meanwhile[side].set(key, to ? [...versions, bodyOf(key, to)] : versions);
      // Where a folder or a file is in the way, nobody can write there.
      // A service dates what it gets itself.
      const dated = to && (world[side].bucket ? { ...to, ageMs: 0 } : to);
      await (dated ? put(world[side], key, dated, clock.time) : remove(world[side], key)).catch(() => {});
    },
  });
  const bucketOf = (name: string) => services.source.bucket(name);
  host = await world.host({ ...hostOptions(stage), steps });
  const requests = breakRequests(faults, bucketOf);
  services.source.around = requests.around;
  services.another.around = requests.around;
  const id = await startedAndEnded(what, host, stage, () => isClosed);
  services.source.around = undefined;
  services.another.around = undefined;
  await host.close();
  assert.deepEqual(
    opened.filter(({ destroyed }) => !destroyed),
    [],
    'every file that was opened is closed',
  );
  const after = await world.host(hostOptions(stage));
  await settleAfter(id, after, stage);
  const ran = { host: after, id, mode, order: 'newest' as const, ...('only' in what ? { from: what.only } : {}) };
  const readStatus = readMigration(after.records, id);
  await proveDisturbed({ ran, world, before, expected, options, meanwhile, now: await givenNow(stage, mode) });
  await goOn(stage, id, after);
  await after.close();
  const { status } = (await readStatus)!;
  return {
    status,
    reached: faults.filter((fault) => fault.at < (fault.kind === 'S3' ? requests.count() : count())).length,
  };
};

/** From the lists of a disturbed migration, where nobody moved anything. */
const goOn = async (stage: Stage, from: string, host: EmbeddedHost): Promise<void> => {
  const { thenFrom: only, faults, from: earlier, mode } = stage.one;
  if (only === undefined || faults.some(({ kind }) => kind === 'move') || earlier === 'failed' || mode === 'check')
    return;
  const record = (await readMigration(host.records, from))!;
  if (!reportOf(record).findings || (only === 'failed' && copiedRounds(record).length === 0)) return;
  const { report } = await ranOf(await ended({ from, only }, host, stage), host, stage, 'sync');
  proveGoneOn(report, await givenNow(stage, 'sync'));
};

/** Between the look and the copy somebody may write: README says so of `headFirst`. */
const isKnownHole = (fault: Fault, { createOnly }: Case): boolean =>
  fault.kind === 'move' && fault.side === 'destination' && createOnly === 'headFirst';

const startedAndEnded = async (
  what: MigrationRequest | From,
  host: EmbeddedHost,
  stage: Stage,
  isClosed: () => boolean,
): Promise<string> => {
  const started = await ('only' in what ? startFrom(what, host) : startMigration(what, host));
  assert.equal(started.kind, 'started', JSON.stringify(started));
  const { id } = started as { readonly id: string };
  await host.executions.finished(id);
  if (!isClosed()) await settleAfter(id, host, stage);
  return id;
};

const settleAfter = async (id: string, host: EmbeddedHost, { clock }: Stage): Promise<void> => {
  await settle(id, host);
  if (hasEnded((await readMigration(host.records, id))!.status)) return;
  clock.pass(LONGER_THAN_ANY_LEASE_MS);
  await settle(id, host);
};

/** Without faults: exact again; the third one has nothing to do but what can never be done. */
const again = async (stage: Stage, run: 2 | 3): Promise<void> => {
  const { world } = stage;
  const host = await world.host(hostOptions(stage));
  const { expected } = await undisturbed(stage, 'sync', host);
  await host.close();
  if (run === 2) return;
  const toCopy = [...expected.missing, ...expected.toReplace].filter((key) => !expected.failing.has(key));
  assert.deepEqual(toCopy, [], 'a third run copies nothing');
  const isKnownUpload = stage.one.faults.length > 0 && world.destination.bucket !== undefined;
  if (!isKnownUpload) assert.deepEqual(await world.destination.leftovers(), [], 'nothing but pictures stays behind');
};
