// Stopping a deployed migration: what runs on sees it and commits, Settle waits for that, and only then the lock is free.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { settleEvent } from '../../lib/deployed/settling.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { StoreRefused } from '../../lib/stores/errors.ts';
import type { Store } from '../../lib/stores/store.ts';
import { cancelMigration } from '../../lib/workflow/cancel.ts';
import { closeRound } from '../../lib/workflow/close-round.ts';
import type { ItemDocument } from '../../lib/workflow/item-document.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import { readJson } from '../../lib/workflow/lines.ts';
import { holdsLock } from '../../lib/workflow/lock.ts';
import { copyPlanPath, planPath, reportPath } from '../../lib/workflow/paths.ts';
import type { CopyItem, PlanTask } from '../../lib/workflow/payloads.ts';
import type { Document, ExecutionStatus, Liveness, Metric, Records } from '../../lib/workflow/ports.ts';
import { itemSk, migrationPk, readMigration } from '../../lib/workflow/record.ts';
import { type StartHost, startMigration } from '../../lib/workflow/start.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import { copy } from '../../lib/workflow/steps/copy.ts';
import { list } from '../../lib/workflow/steps/list.ts';
import { plan } from '../../lib/workflow/steps/plan.ts';
import { summarise } from '../../lib/workflow/steps/summarise.ts';
import { verify } from '../../lib/workflow/steps/verify.ts';
import {
  counts,
  type Folders,
  givenFolders,
  givenHost,
  givenPictures,
  pictures,
  request,
} from '../support/embedded-migration.ts';

const LEASE_MS = 20 * 60_000;
const LAMBDA_MS = 15 * 60_000;
const PICTURES = 6;
const NOBODY_KNOWS: Liveness = { mine: undefined, isDead: async () => false };
const EVENT = (name: string) => ({ detail: { name, status: 'ABORTED' } });
const AT_ONCE = { oldestMs: 7 * 86_400_000, waitsMs: [] };

/** A destination that takes so many pictures and then waits until it may go on. */
const gated = (store: Store, pass: number) => {
  let written = 0;
  let atGate = () => {};
  let open = () => {};
  const reached = new Promise<void>((resolve) => {
    atGate = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const write: Store['write'] = async (...all) => {
    if (++written > pass) {
      atGate();
      await opened;
    }
    return store.write(...all);
  };
  return { store: Object.create(store, { write: { value: write } }) as Store, reached, open };
};

/** The steps as Lambdas run them: leases instead of processes, executions that only a script knows. */
const given = async (context: TestContext) => {
  const folders = await givenFolders(context);
  await givenPictures(folders.source, pictures(PICTURES));
  const embedded = await givenHost(folders);
  const own = await openSqliteRecords(':memory:');
  const hooks: { beforePut?: (sk: string) => Promise<void>; afterGet?: (sk: string) => void } = {};
  const records: Records = {
    put: async (document, expect) => {
      await hooks.beforePut?.(document.sk);
      return own.put(document, expect);
    },
    get: async <T extends Document>(pk: string, sk: string) => {
      const found = await own.get<T>(pk, sk);
      hooks.afterGet?.(sk);
      return found;
    },
    remove: (pk, sk) => own.remove(pk, sk),
    list: (pk, skPrefix) => own.list(pk, skPrefix),
    newest: (index, options) => own.newest(index, options),
  };
  let ahead = 0;
  let execution: ExecutionStatus = 'running';
  let gate: ReturnType<typeof gated> | undefined;
  const counted: Partial<Record<Metric, number>> = {};
  const host: StartHost = {
    records,
    files: embedded.files,
    liveness: NOBODY_KNOWS,
    limits: { ...DEFAULT_LIMITS, leaseMs: LEASE_MS, commitEveryMs: 20, copiesPerShard: 1 },
    executions: {
      start: async () => {},
      stop: async () => {
        execution = 'stopped';
      },
      status: async () => execution,
    },
    openStore: async (spec, side) => {
      const store = await embedded.openStore(spec, side);
      return side === 'destination' && gate ? gate.store : store;
    },
    now: () => Date.now() + ahead,
    log: () => {},
    count: (metric, value) => {
      counted[metric] = (counted[metric] ?? 0) + value;
    },
    announce: async () => {},
  };
  const invocation = (): StepContext => ({
    ...embedded.stepContext(),
    ...host,
    deadline: host.now() + LAMBDA_MS,
  });
  const start = () => startMigration(request(folders, 'sync'), host);
  return {
    folders,
    host,
    hooks,
    counted,
    invocation,
    start,
    /** Up to the copy plan; the id and its only item. */
    async started() {
      const result = await start();
      assert.equal(result.kind, 'started');
      const migrationId = result.kind === 'started' ? result.id : '';
      await plan({ migrationId }, invocation());
      for (const task of await readJson<PlanTask[]>(host.files, planPath(migrationId, 1)))
        await list({ migrationId, round: 1, task }, invocation());
      await summarise({ migrationId, round: 1 }, invocation());
      const [item, ...more] = await readJson<CopyItem[]>(host.files, copyPlanPath(migrationId, 1));
      assert.deepEqual(more, []);
      return { migrationId, input: { migrationId, round: 1, item: item! } };
    },
    async gateAfter(pass: number) {
      const destination = { type: 'folder' as const, path: folders.destination };
      gate = gated(await embedded.openStore(destination, 'destination'), pass);
      return gate;
    },
    /** When whoever runs has looked at the record once more. */
    async nextLook() {
      await new Promise<void>((resolve) => {
        hooks.afterGet = (sk) => sk === 'record' && resolve();
      });
      await setImmediate();
    },
    stopFromOutside: () => {
      execution = 'stopped';
    },
    pass: (ms: number) => {
      ahead += ms;
    },
    async ending(id: string) {
      const { status, cause, rounds, pair } = (await readMigration(host.records, id))!;
      const { outcomes, reasons } = rounds.at(-1)?.copying ?? {};
      return { status, cause, outcomes: counts(outcomes ?? {}), reasons, isLocked: await holdsLock(host, pair, id) };
    },
  };
};

const filesIn = async ({ destination }: Folders): Promise<number> =>
  (await readdir(destination, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).length;

describe('stopping', () => {
  for (const how of ['a cancel', 'an outside StopExecution'] as const) {
    test(`${how}: what was copied counts, and the lock is free only after the last task`, async (context) => {
      const world = await given(context);
      const { host } = world;
      const { migrationId, input } = await world.started();
      const gate = await world.gateAfter(2);
      const copying = copy(input, world.invocation());
      await gate.reached;
      if (how === 'a cancel') await cancelMigration(migrationId, host);
      else world.stopFromOutside();
      // The event comes at once, while the Lambda runs on.
      assert.deepEqual(await settleEvent(EVENT(migrationId), host, AT_ONCE), []);
      assert.equal((await readMigration(host.records, migrationId))?.status, 'stopping');
      assert.deepEqual(await world.start(), { kind: 'busy', id: migrationId });
      await world.nextLook();
      gate.open();
      assert.deepEqual(await copying, { done: true });
      assert.deepEqual(await settleEvent({}, host, AT_ONCE), [migrationId]);
      const arrived = await filesIn(world.folders);
      assert.ok(arrived >= 2 && arrived < PICTURES, `${arrived} arrived`);
      const left = how === 'a cancel' ? 'cancelled' : 'stepBroke';
      assert.deepEqual(await world.ending(migrationId), {
        status: how === 'a cancel' ? 'cancelled' : 'failed',
        cause: how === 'a cancel' ? 'cancelled' : 'stopped',
        outcomes: { copied: arrived, notTried: PICTURES - arrived },
        reasons: { [left]: PICTURES - arrived },
        isLocked: false,
      });
      assert.equal(world.counted.Copied, arrived);
      assert.equal(world.counted.FailedMigrations, how === 'a cancel' ? 0 : 1);
      assert.equal((await world.start()).kind, 'started');
    });
  }

  test('of a Lambda that died is settled when it must be over, not before', async (context) => {
    const world = await given(context);
    const { host } = world;
    const { migrationId, input } = await world.started();
    const gate = await world.gateAfter(2);
    // It never comes back: what it committed until then is all there is.
    const copying = copy(input, world.invocation());
    await gate.reached;
    await cancelMigration(migrationId, host);
    assert.deepEqual(await settleEvent(EVENT(migrationId), host, AT_ONCE), []);
    world.pass(LAMBDA_MS - 60_000);
    assert.deepEqual(await settleEvent({}, host, AT_ONCE), []);
    assert.deepEqual(await world.start(), { kind: 'busy', id: migrationId });
    world.pass(120_000);
    assert.deepEqual(await settleEvent({}, host, AT_ONCE), [migrationId]);
    const { status, isLocked, outcomes, ...ending } = await world.ending(migrationId);
    assert.deepEqual({ status, isLocked }, { status: 'cancelled', isLocked: false });
    // Should it, or a Verify that was under way, come back after all, nothing changes that was reported.
    const report = await host.files.read(reportPath(migrationId));
    gate.open();
    await copying.catch(() => {});
    await closeRound((await readMigration(host.records, migrationId))!, 1, 'stepBroke', host);
    assert.deepEqual(await world.ending(migrationId), { status, isLocked, outcomes, ...ending });
    assert.deepEqual(await host.files.read(reportPath(migrationId)), report);
  });

  test('does not keep the pair longer than its last task: whoever wants it need not wait for the sweep', async (context) => {
    const world = await given(context);
    const { migrationId, input } = await world.started();
    const gate = await world.gateAfter(2);
    const copying = copy(input, world.invocation());
    await gate.reached;
    await cancelMigration(migrationId, world.host);
    assert.deepEqual(await world.start(), { kind: 'busy', id: migrationId });
    await world.nextLook();
    gate.open();
    await copying;
    assert.equal((await world.start()).kind, 'started');
    const { status, isLocked } = await world.ending(migrationId);
    assert.deepEqual({ status, isLocked }, { status: 'cancelled', isLocked: false });
  });

  test('leaves nothing to an invocation that begins at the very same moment', async (context) => {
    const world = await given(context);
    const { migrationId, input } = await world.started();
    // Its lock is renewed, its item not open yet: here Settle finds no task, ends the migration and frees the lock.
    world.hooks.beforePut = async (sk) => {
      if (!sk.includes('#item#')) return;
      delete world.hooks.beforePut;
      world.stopFromOutside();
      assert.deepEqual(await settleEvent(EVENT(migrationId), world.host, AT_ONCE), [migrationId]);
    };
    await assert.rejects(copy(input, world.invocation()), { name: 'Stopping' });
    assert.equal(await filesIn(world.folders), 0);
    const { status, isLocked } = await world.ending(migrationId);
    assert.deepEqual({ status, isLocked }, { status: 'failed', isLocked: false });
    assert.equal((await world.start()).kind, 'started');
  });

  test('a migration whose lease ran out is settled by whoever takes the lock, with what it had copied', async (context) => {
    const world = await given(context);
    const { host } = world;
    const { migrationId, input } = await world.started();
    const gate = await world.gateAfter(3);
    const copying = copy(input, world.invocation());
    await gate.reached;
    // What was copied until here is committed; then nothing is heard of it any more, not even by an event.
    while ((await host.records.get<ItemDocument>(migrationPk(migrationId), itemSk(1, 0)))?.position !== 3)
      await sleep(5);
    world.stopFromOutside();
    assert.deepEqual(await world.start(), { kind: 'busy', id: migrationId });
    world.pass(LEASE_MS + 1);
    const next = await world.start();
    assert.equal(next.kind, 'started');
    const { isLocked, ...ending } = await world.ending(migrationId);
    assert.deepEqual(ending, {
      status: 'failed',
      cause: 'stopped',
      outcomes: { copied: 3, notTried: PICTURES - 3 },
      reasons: { stepBroke: PICTURES - 3 },
    });
    assert.equal(isLocked, false);
    assert.equal(next.kind === 'started' && (await world.ending(next.id)).isLocked, true);
    gate.open();
    await copying.catch(() => {});
    assert.equal(next.kind === 'started' && (await world.ending(next.id)).isLocked, true);
  });

  test('an item that breaks has counted what was copied until then', async (context) => {
    const world = await given(context);
    const { migrationId, input } = await world.started();
    const invocation = world.invocation();
    let begun = 0;
    // As a service does whose keys were taken away: no other picture would fare better.
    const copyPlaces: StepContext['copyPlaces'] = async (work) => {
      if (++begun > 3) throw new StoreRefused('the keys are gone');
      return work();
    };
    const limits = { ...invocation.limits, commitEveryMs: 1_000_000 };
    await assert.rejects(copy(input, { ...invocation, limits, copyPlaces }), { name: 'StoreRefused' });
    await verify({ migrationId, round: 1 }, world.invocation());
    const { outcomes } = await world.ending(migrationId);
    assert.deepEqual(outcomes, { copied: 3, notTried: PICTURES - 3 });
  });

  test('figures are counted once, however often a round and a migration are closed', async (context) => {
    const world = await given(context);
    const { migrationId, input } = await world.started();
    await summarise({ migrationId, round: 1 }, world.invocation());
    await copy(input, world.invocation());
    for (let i = 0; i < 2; i++) await verify({ migrationId, round: 1 }, world.invocation());
    world.stopFromOutside();
    for (let i = 0; i < 3; i++) await settleEvent(EVENT(migrationId), world.host, AT_ONCE);
    const bytes = Object.values(pictures(PICTURES)).join('').length;
    assert.deepEqual(world.counted, {
      Listed: PICTURES,
      Missing: PICTURES,
      Copied: PICTURES,
      Bytes: bytes,
      Failed: 0,
      FailedMigrations: 1,
    });
  });
});
