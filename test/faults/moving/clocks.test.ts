// Clocks that disagree: servers, this machine and cameras minutes, hours or years apart, in either direction.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { readMigration } from '../../../lib/workflow/record.ts';
import type { Options } from '../../../lib/workflow/request.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import { proved, STORES, type Stores } from '../ledger.ts';
import { proveNothingLost, snapshotOf } from '../proof.ts';
import { givenWorld, LONG_AGO, type World } from '../world.ts';
import { fill } from './album.ts';
import { type DeployedInTest, givenDeployed } from './deployed.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
const SKEWS = [-3 * YEAR, -HOUR, -5 * MINUTE, 5 * MINUTE, HOUR, 3 * YEAR] as const;
const named = (ms: number) => `${ms < 0 ? 'behind' : 'ahead'} by ${Math.abs(ms) / MINUTE} min`;

const FRESH = 'cam1/pictures/20260101/fresh.jpg';
const FROM_THE_FUTURE = 'cam2/of-a-camera-years-ahead.jpg';
const NEWER_THERE = 'cam2/newer-there.jpg';

const realNow = Date.now.bind(Date);

interface Clocks {
  /** Of the services, against the true time. */
  serversMs: number;
  /** Of whoever runs Picferry. */
  machineMs: number;
}

const given = async (t: TestContext, stores: Stores, clocks: Clocks) => {
  const world = await givenWorld(t, { stores, pageSize: 3, now: () => realNow() + clocks.serversMs });
  t.mock.method(Date, 'now', () => realNow() + clocks.machineMs);
  await fill(world);
  await world.source.put(FRESH, 'written a moment ago', { modifiedAt: realNow() + clocks.serversMs });
  const yearsAhead = world.source.bucket ? {} : { modifiedAt: realNow() + 3 * YEAR };
  await world.source.put(FROM_THE_FUTURE, 'dated by a camera', yearsAhead);
  await world.source.put(NEWER_THERE, 'the older one', mtimeOf(LONG_AGO));
  await world.destination.put(NEWER_THERE, 'the newer', mtimeOf(LONG_AGO + HOUR));
  return { world, deployed: await givenDeployed(world) };
};

/** As a file has it, and as an object that Picferry or rclone wrote. */
const mtimeOf = (ms: number) => ({ modifiedAt: ms, headers: { 'x-amz-meta-mtime': String(ms / 1_000) } });

const migrate = async ({ host, settled }: DeployedInTest, world: World, options: Partial<Options>) => {
  const before = await snapshotOf(world);
  const started = await startMigration(world.request('sync', options), host);
  assert.equal(started.kind, 'started', JSON.stringify(started));
  const id = started.kind === 'started' ? started.id : '';
  await settled(id);
  const report = await proveNothingLost({ world, before, host, id, options });
  assert.equal(report.status, 'done', `${report.cause}: ${report.message}`);
  return { report, record: (await readMigration(host.records, id))! };
};

const provedWith = async (t: TestContext, stores: Stores, skewed: Clocks): Promise<void> => {
  const clocks = { ...skewed };
  const { world, deployed } = await given(t, stores, clocks);
  const options = { onDifferent: 'newer' } as const;
  const begun = realNow();
  const { report } = await migrate(deployed, world, options);
  const kept = (await world.destination.content()).get(NEWER_THERE);
  assert.equal(String(kept), 'the newer', 'what is newer there was replaced');
  // A listing's time is the source's own: the service's, or for a folder this machine's.
  const skewMs = world.source.bucket ? clocks.serversMs : clocks.machineMs;
  const asOf = Date.parse(report.asOf!) - skewMs;
  assert.ok(asOf >= begun - 1_000 && asOf <= realNow() + 1_000, `as of ${report.asOf}`);
  // The clocks are set right, and a little later everything is there, whatever a camera's clock had said.
  clocks.serversMs = 0;
  clocks.machineMs = world.source.bucket ? 0 : 2 * MINUTE;
  if (world.source.bucket && skewed.serversMs > 0) clocks.serversMs = skewed.serversMs + MINUTE;
  const again = await migrate(deployed, world, options);
  const there = await world.destination.content();
  for (const key of (await world.source.content()).keys()) assert.ok(there.has(key), `"${key}" is missing`);
  assert.equal(again.report.remaining?.count, 0);
  assert.equal(String(there.get(NEWER_THERE)), 'the newer');
};

describe('clocks that disagree', () => {
  const how =
    'services and this machine are 5 minutes, an hour and 3 years apart, both ways; one camera dates its files 3 years ahead';
  for (const stores of STORES) {
    test(stores, async (t) => {
      const all = SKEWS.flatMap((ms) => [
        { serversMs: ms, machineMs: 0 },
        { serversMs: 0, machineMs: ms },
        { serversMs: ms, machineMs: -ms },
      ]);
      let passed = 0;
      for (const one of all) {
        await t.test(`servers ${named(one.serversMs)}, this machine ${named(one.machineMs)}`, async (inner) => {
          await provedWith(inner, stores, one);
          passed++;
        });
      }
      if (passed === all.length)
        proved({ fault: 'clocks that disagree', how, stores, where: 'as deployed, in the interpreter', cases: passed });
    });
  }
});
