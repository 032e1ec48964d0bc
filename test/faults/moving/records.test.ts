// Records and lists that fail: refused, unanswered and throttled at any call, damaged wherever they are read again.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { StoreUnavailable } from '../../../lib/stores/errors.ts';
import { holdsLock } from '../../../lib/workflow/lock.ts';
import { hasEnded, listMigrations, readMigration } from '../../../lib/workflow/record.ts';
import { reportOf } from '../../../lib/workflow/report-of.ts';
import { type StartResult, startMigration } from '../../../lib/workflow/start.ts';
import { proved, STORES, type Stores } from '../ledger.ts';
import { proveNothingLost, provePicturesUnharmed, proveSums, snapshotOf } from '../proof.ts';
import { givenWorld } from '../world.ts';
import { fill, sampleOf } from './album.ts';
import { type DeployedInTest, givenDeployed, LEASE_MS } from './deployed.ts';
import type { Around, Effect } from './effects.ts';

const WHERE = 'as deployed, in the interpreter';

/** Breaks one call of all that are made; `calls` is how many came by. */
interface Fault {
  readonly around: Around;
  readonly calls: () => number;
  /** From here on nothing is counted or broken. */
  over(): void;
}

type Breaks = <T>(go: () => Promise<T>, effect: Effect) => Promise<T>;

const atCall = (n: number, wanted: (effect: Effect) => boolean, breaks: Breaks): Fault => {
  let calls = 0;
  let isOver = false;
  const around: Around = (effect, go) => (!isOver && wanted(effect) && calls++ === n ? breaks(go, effect) : go());
  return {
    around,
    calls: () => calls,
    over: () => {
      isOver = true;
    },
  };
};

const isPut = ({ port, method }: Effect) => port === 'records' && method === 'put';
const isRecordsOrFiles = ({ port }: Effect) => port === 'records' || port === 'files';
const BUSY = 'ThrottlingException: Rate exceeded';

const FAULTS: readonly {
  readonly fault: string;
  readonly how: string;
  readonly wanted: (effect: Effect) => boolean;
  readonly breaks: Breaks;
  readonly most: number;
}[] = [
  {
    fault: 'a conditional write that was done is called refused',
    how: 'the n-th put of a record is done and answers that its condition did not hold, as after a lost answer',
    wanted: isPut,
    breaks: async <T>(go: () => Promise<T>) => {
      await go();
      return false as T;
    },
    most: 9,
  },
  {
    fault: 'a write that was done is not answered',
    how: 'the n-th put or file is written, and then the call fails',
    wanted: (effect) => isPut(effect) || (effect.port === 'files' && effect.method === 'write'),
    breaks: async (go) => {
      await go();
      throw new StoreUnavailable('the answer was lost');
    },
    most: 9,
  },
  {
    fault: 'the table or the reports bucket is throttled',
    how: 'the n-th call of records or files fails and has no effect',
    wanted: isRecordsOrFiles,
    breaks: async () => {
      throw new StoreUnavailable(BUSY);
    },
    most: 10,
  },
];

/** Started by somebody who tries again when told to. */
const startPatiently = async (deployed: DeployedInTest, request: Parameters<typeof startMigration>[0]) => {
  let started: StartResult | undefined;
  for (let attempt = 0; started?.kind !== 'started'; attempt++) {
    assert.ok(attempt < 3, `not started: ${JSON.stringify(started)}`);
    started = await startMigration(request, deployed.host).catch(() => undefined);
    if (started?.kind === 'started') continue;
    deployed.pass(LEASE_MS + 1);
    await deployed.sweep();
  }
  return started.id;
};

const givenBroken = async (t: TestContext, stores: Stores, around: Around) => {
  const world = await givenWorld(t, { stores, pageSize: 3 });
  await fill(world);
  const before = await snapshotOf(world);
  return { world, before, deployed: await givenDeployed(world, { around }) };
};

type Broken = Awaited<ReturnType<typeof givenBroken>>;

/** The same table, the same lock: nothing of what broke stands in the way of the next migration. */
const rerun = async ({ world, before, deployed }: Broken): Promise<void> => {
  const { host } = deployed;
  const source = await world.source.content();
  const id = await startPatiently(deployed, world.request());
  await deployed.settled(id);
  const meanwhile = { source: new Map(), destination: new Map([...source].map(([key, body]) => [key, [body]])) };
  const report = await proveNothingLost({ world, before: { ...before, source }, host, id, meanwhile });
  assert.equal(report.status, 'done', `the rerun: ${report.cause}: ${report.message}`);
  assert.equal(report.remaining?.count, 0);
  const there = await world.destination.content();
  for (const key of source.keys()) assert.ok(there.has(key), `after the rerun "${key}" is missing`);
};

const provedUnder = async (t: TestContext, stores: Stores, fault: Fault): Promise<void> => {
  const broken = await givenBroken(t, stores, fault.around);
  const { world, before, deployed } = broken;
  const id = await startPatiently(deployed, world.request());
  await deployed.settled(id);
  fault.over();
  const report = await proveNothingLost({ world, before, host: deployed.host, id });
  assert.equal(report.status, 'done', `${report.cause}: ${report.message}`);
  assert.equal(report.remaining?.count, 0);
  // A start that was told to have failed is settled as well, and holds nothing.
  for (const { id: other, status, pair } of await listMigrations(deployed.host.records, { limit: 9 })) {
    assert.ok(hasEnded(status), `${other} is ${status}`);
    assert.equal(await holdsLock(deployed.host, pair, other), false);
  }
};

for (const stores of STORES) {
  describe(stores, () => {
    for (const { fault, how, wanted, breaks, most } of FAULTS) {
      test(fault, async (t) => {
        const quiet = atCall(-1, wanted, breaks);
        await provedUnder(t, stores, quiet);
        const all = Array.from({ length: quiet.calls() }, (_, n) => n);
        const cases = sampleOf(all, most, STORES.indexOf(stores));
        let passed = 0;
        for (const n of cases) {
          await t.test(`call ${n}`, async (inner) => {
            await provedUnder(inner, stores, atCall(n, wanted, breaks));
            passed++;
          });
        }
        if (passed === cases.length) proved({ fault, how, stores, where: WHERE, cases: passed });
      });
    }
  });
}

const line = (key: string, size: number) => `${JSON.stringify({ key, size })}\n`;
/** As many lines of as many bytes, of keys that nobody listed. */
const foreign = (body: Buffer): string => {
  const lines = body[0] === 0x1f ? gunzipSync(body).toString().trimEnd().split('\n') : [];
  const keys = ['../../outside.jpg', 'cam2/only-there.jpg', '/etc/outside.jpg', 'cam1/other.jpg', 'cam9/nobody.jpg'];
  return lines
    .map((text, i) => line(keys[i % keys.length]!, (JSON.parse(text || '{}') as { size?: number }).size ?? 0))
    .join('');
};
const DAMAGES: Readonly<Record<string, (body: Buffer) => Buffer | undefined>> = {
  gone: () => undefined,
  empty: () => Buffer.alloc(0),
  'cut in the middle': (body) => body.subarray(0, body.length >> 1),
  'its last byte lost': (body) => body.subarray(0, -1),
  'not what it says': () => Buffer.from('<html>Welcome to the proxy</html>'),
  'other JSON': () => Buffer.from('[{"index":0}]\n'),
  null: () => Buffer.from('null\n'),
  'another list': () =>
    gzipSync(line('cam2/only-there.jpg', 5) + line('../../outside.jpg', 5) + line('cam1/other.jpg', 3)),
  'a list of other keys': (body) => gzipSync(foreign(body)),
  'a list with one more': () => gzipSync(line('a.jpg', 1).repeat(9)),
  'no list': () => gzipSync(''),
};
const FILES = /(plan|copy-plan|plan-[^/]+|examples|report|request|missing-index)\.(json|html)$|\.jsonl\.gz$/;

const damagedAfter = async (
  t: TestContext,
  stores: Stores,
  n: number,
  damage: (body: Buffer) => Buffer | undefined,
) => {
  let deployed: DeployedInTest | undefined;
  const fault = atCall(
    n,
    ({ port, method, about }) => port === 'files' && method === 'write' && FILES.test(about),
    async (go, { about }) => {
      const answer = await go();
      const body = deployed!.files.written.get(about)!;
      const damaged = damage(body);
      if (damaged) deployed!.files.written.set(about, damaged);
      else deployed!.files.written.delete(about);
      return answer;
    },
  );
  const broken = await givenBroken(t, stores, fault.around);
  deployed = broken.deployed;
  const { world, before } = broken;
  const id = await startPatiently(deployed, world.request());
  await deployed.settled(id);
  fault.over();
  const after = await snapshotOf(world);
  provePicturesUnharmed({ world, before }, after);
  const record = (await readMigration(deployed.host.records, id))!;
  assert.ok(hasEnded(record.status), record.status);
  proveSums(record);
  const report = reportOf(record);
  const missing = [...before.source.keys()].filter((key) => !after.destination.has(key)).length;
  const arrived = after.destination.size - before.destination.size;
  assert.ok(report.outcomes.copied.count <= arrived, `${report.outcomes.copied.count} copied, ${arrived} arrived`);
  if (report.status === 'done')
    assert.ok(report.remaining!.count >= missing, `${missing} missing, and it is called done`);
  assert.equal(await holdsLock(deployed.host, record.pair, id), false);
  await rerun(broken);
  return fault;
};

describe('broken shards and lists', () => {
  const how = 'the n-th file of a migration is lost, cut, or another one when it is read again, in eleven ways';
  for (const stores of STORES) {
    test(stores, async (t) => {
      const quiet = await damagedAfter(t, stores, -1, (body) => body);
      const all = Object.entries(DAMAGES).flatMap(([name, damage]) =>
        Array.from({ length: quiet.calls() }, (_, n) => ({ name: `file ${n} is ${name}`, n, damage })),
      );
      const cases = sampleOf(all, 12, STORES.indexOf(stores));
      let passed = 0;
      for (const { name, n, damage } of cases) {
        await t.test(name, async (inner) => {
          await damagedAfter(inner, stores, n, damage);
          passed++;
        });
      }
      if (passed === cases.length)
        proved({ fault: 'broken shards and lists', how, stores, where: WHERE, cases: passed });
    });
  }
});
