// Stopped at any call (cancel, StopExecution, Fail), a lock that lapses under its owner, and reports read while they are written.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { cancelMigration } from '../../../lib/workflow/cancel.ts';
import { SumsDisagree } from '../../../lib/workflow/errors.ts';
import {
  copyPlanPath,
  examplesPath,
  missingPath,
  planPath,
  reportPagePath,
  reportPath,
} from '../../../lib/workflow/paths.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import { run } from '../../support/embedded-migration.ts';
import { proved, STORES, type Stores } from '../ledger.ts';
import { proveNothingLost, snapshotOf } from '../proof.ts';
import { givenWorld, type World } from '../world.ts';
import { fill, sampleOf } from './album.ts';
import { type DeployedInTest, givenDeployed, type Invoke, LEASE_MS } from './deployed.ts';
import { type Around, through } from './effects.ts';

const WHERE = 'as deployed, in the interpreter';

type Act = (deployed: DeployedInTest, id: string) => Promise<void>;

const STOPS: Readonly<Record<string, Act>> = {
  cancelled: async ({ host }, id) => void (await cancelMigration(id, host)),
  'stopped from outside': ({ host }, id) => host.executions.stop(id),
  'broken for good': async () => {
    throw new SumsDisagree('as if they did');
  },
};

const started = async ({ host }: DeployedInTest, world: World): Promise<string> => {
  const result = await startMigration(world.request(), host);
  assert.equal(result.kind, 'started', JSON.stringify(result));
  return result.kind === 'started' ? result.id : '';
};

/** Acts before the n-th call of the steps of the first migration. */
const acting = (n: number, act: () => Promise<void>) => {
  let calls = 0;
  let isOver = false;
  const around: Around = async (_effect, go) => {
    await undefined;
    if (!isOver && calls++ === n) await act();
    return go();
  };
  const invoke: Invoke = (_step, run) => run(around);
  return {
    invoke,
    calls: () => calls,
    over: () => {
      isOver = true;
    },
  };
};

const given = async (t: TestContext, stores: Stores, invoke: Invoke) => {
  const world = await givenWorld(t, { stores, pageSize: 3 });
  await fill(world);
  return { world, before: await snapshotOf(world), deployed: await givenDeployed(world, { invoke }) };
};

const stoppedAt = async (t: TestContext, stores: Stores, n: number, stop: Act): Promise<number> => {
  let id = '';
  const fault = acting(n, () => stop(deployed, id));
  const { world, before, deployed } = await given(t, stores, fault.invoke);
  id = await started(deployed, world);
  await deployed.settled(id);
  fault.over();
  const report = await proveNothingLost({ world, before, host: deployed.host, id });
  const expected = n < 0 ? ['done'] : ['cancelled', 'failed', 'done'];
  assert.ok(expected.includes(report.status), report.status);
  await provedRerun(deployed, world);
  return fault.calls();
};

const provedRerun = async (deployed: DeployedInTest, world: World): Promise<void> => {
  const before = await snapshotOf(world);
  const id = await started(deployed, world);
  await deployed.settled(id);
  const report = await proveNothingLost({ world, before, host: deployed.host, id });
  assert.equal(report.status, 'done', `the rerun: ${report.cause}: ${report.message}`);
  assert.equal(report.remaining?.count, 0);
};

/** The lease passes while an invocation is held: another migration of the pair begins, and may be done, when it goes on. */
const lapsedAt = async (t: TestContext, stores: Stores, n: number, goesOnAfter: 'start' | 'end'): Promise<void> => {
  let second = '';
  const fault = acting(n, async () => {
    fault.over();
    const early = await startMigration(world.request('check'), deployed.host);
    // At its very last calls it has ended, and the pair is free.
    if (early.kind === 'started') second = early.id;
    if (early.kind !== 'busy') return;
    deployed.pass(LEASE_MS + 1);
    second = await started(deployed, world);
    if (goesOnAfter === 'end') await deployed.ended(second);
  });
  const { world, before, deployed } = await given(t, stores, fault.invoke);
  const first = await started(deployed, world);
  await deployed.ended(first);
  await deployed.settled(second);
  await deployed.settled(first);
  const { source } = before;
  const meanwhile = { source: new Map(), destination: new Map([...source].map(([key, body]) => [key, [body]])) };
  const reports = await Promise.all(
    [first, second].map((id) => proveNothingLost({ world, before, host: deployed.host, id, meanwhile })),
  );
  assert.equal(reports[1]?.status, 'done', `${reports[1]?.cause}: ${reports[1]?.message}`);
  const there = await world.destination.content();
  for (const key of source.keys()) assert.ok(there.has(key), `"${key}" is missing`);
  const arrived = there.size - before.destination.size;
  const copied = reports.reduce((sum, { outcomes }) => sum + outcomes.copied.count, 0);
  assert.ok(copied <= arrived, `${copied} copied by both, ${arrived} arrived`);
  await provedRerun(deployed, world);
};

for (const stores of STORES) {
  describe(stores, () => {
    test('stopped at any call', async (t) => {
      const calls = await stoppedAt(t, stores, -1, async () => {});
      const all = Object.entries(STOPS).flatMap(([name, stop]) =>
        Array.from({ length: calls }, (_, n) => ({ name: `${name} at call ${n}`, n, stop })),
      );
      const cases = sampleOf(all, 10, STORES.indexOf(stores));
      let passed = 0;
      for (const { name, n, stop } of cases) {
        await t.test(name, async (inner) => {
          await stoppedAt(inner, stores, n, stop);
          passed++;
        });
      }
      const how = 'before its n-th call it is cancelled, its execution is stopped, or a step breaks for good';
      if (passed === cases.length)
        proved({
          fault: 'stopped at any call (cancel, StopExecution, Fail)',
          how,
          stores,
          where: WHERE,
          cases: passed,
        });
    });

    test('the lock lapses under its owner', async (t) => {
      const calls = await stoppedAt(t, stores, -1, async () => {});
      const all = (['start', 'end'] as const).flatMap((goesOnAfter) =>
        Array.from({ length: calls - 2 }, (_, n) => ({ n: n + 2, goesOnAfter })),
      );
      const cases = sampleOf(all, 8, STORES.indexOf(stores));
      let passed = 0;
      for (const { n, goesOnAfter } of cases) {
        await t.test(`at call ${n}, going on after the other’s ${goesOnAfter}`, async (inner) => {
          await lapsedAt(inner, stores, n, goesOnAfter);
          passed++;
        });
      }
      const how =
        'an invocation is held past the lease at its n-th call; a second migration takes over, then it goes on';
      if (passed === cases.length)
        proved({ fault: 'a lost lease and a second owner', how, stores, where: WHERE, cases: passed });
    });
  });
}

test('a report opened while it is written is a whole one', async (t) => {
  const world = await givenWorld(t, { stores: 'folder → folder' });
  await fill(world);
  const before = await snapshotOf(world);
  let id = '';
  let looks = 0;
  const text = (path: string) => readFile(host.files.where(path), 'utf8').catch(() => undefined);
  const look = async (): Promise<void> => {
    if (id === '') return;
    looks++;
    const jsons = [reportPath(id), examplesPath(id), planPath(id, 1), copyPlanPath(id, 1), planPath(id, 2)];
    for (const body of await Promise.all(jsons.map(text))) if (body !== undefined) JSON.parse(body);
    const page = await text(reportPagePath(id));
    if (page !== undefined) assert.match(page, /<\/html>\s*$/);
    const list = await readFile(host.files.where(missingPath(id))).catch(() => undefined);
    if (list) gunzipSync(list);
  };
  const broken: unknown[] = [];
  const around: Around = async (_effect, go) => {
    const looking = [look(), look()];
    const answer = await go();
    for (const one of await Promise.allSettled([...looking, look()]))
      if (one.status === 'rejected') broken.push(one.reason);
    return answer;
  };
  const host = await world.host({ around: (ports) => through(ports, around) });
  const result = await startMigration(world.request(), host);
  id = result.kind === 'started' ? result.id : '';
  await host.executions.finished(id);
  assert.deepEqual(broken, []);
  assert.ok(looks > 300, `${looks} looks`);
  assert.equal((await proveNothingLost({ world, before, host, id })).status, 'done');
  assert.equal((await run(host, world.request())).report.outcomes.copied.count, 0);
  const how = 'report, page, plans and lists are read before, during and after every call of a migration';
  proved({ fault: 'a report opened while it is written', how, stores: 'folder → folder', where: 'embedded', cases: 1 });
});
