// What must be true after the program was killed: for whoever looks, and for whoever starts the same command again.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listSummaries } from '../../../lib/api/listing.ts';
import { isRefusal } from '../../../lib/api/refusal.ts';
import { reportViewOf } from '../../../lib/api/report-view.ts';
import { detailOf } from '../../../lib/api/summary.ts';
import type { EmbeddedHost } from '../../../lib/embedded/host.ts';
import { run } from '../../support/embedded-migration.ts';
import { proveNothingLost, provePicturesUnharmed, type Snapshot, snapshotOf } from '../proof.ts';
import type { World } from '../world.ts';
import { ASKED } from './killed.ts';
import { removeNameless } from './nameless-uploads.ts';
import { SMALL } from './small.ts';

export interface Aftermath {
  readonly world: World;
  readonly before: Snapshot;
  /** Else the command is started again without a look, and what was killed is looked at afterwards. */
  readonly looksFirst: boolean;
  /** After the one that completed it. */
  readonly runsMore?: number;
  /** Migrations that ended before, and know nothing of what came after. */
  readonly earlier?: readonly string[];
  /** It may have ended by itself, for another cause than having been killed. */
  readonly mayFail?: boolean;
}

const opened = async <T>(world: World, use: (host: EmbeddedHost) => Promise<T>): Promise<T> => {
  const host = await world.host({ limits: SMALL });
  try {
    return await use(host);
  } finally {
    await host.close();
  }
};

export const proveAftermath = async ({
  world,
  before,
  looksFirst,
  runsMore = 1,
  earlier = [],
  mayFail = false,
}: Aftermath): Promise<void> => {
  const half = await snapshotOf(world);
  provePicturesUnharmed({ world, before, options: ASKED }, half);
  const killed = { world, before, after: half, mayFail };
  await opened(world, (host) => removeNameless(world, host));
  if (looksFirst) await look(killed, earlier);
  const others = [...earlier, await rerun(world, before, 'first')];
  await look(killed, others);
  for (let time = 0; time < runsMore; time++) others.push(await rerun(world, before, 'again'));
  await look(killed, others);
  const left = await readdir(join(world.folders.stateDir, 'reports', '.unfinished')).catch(() => []);
  assert.deepEqual(left, [], 'no unfinished file stays in the state folder');
};

interface Killed {
  readonly world: World;
  readonly before: Snapshot;
  /** As its death left them. */
  readonly after: Snapshot;
  readonly mayFail: boolean;
}

/** `picferry list`, `show` and `report`: what was killed says so, with figures that are true. */
const look = async ({ world, before, after, mayFail }: Killed, others: readonly string[]): Promise<void> =>
  opened(world, async (host) => {
    const list = await listSummaries(host, { limit: 20 });
    assert.ok(!isRefusal(list));
    for (const { id, status, cause } of list.migrations) {
      const detail = await detailOf(id, host);
      const view = await reportViewOf(id, host, { links: false });
      assert.ok(!isRefusal(detail) && !isRefusal(view));
      assert.deepEqual([detail.status, view.report.status], [status, status], `all say the same of ${id}`);
      if (others.includes(id)) continue;
      const isTrue =
        status === 'done' || status === 'cancelled' || (status === 'failed' && (mayFail || cause === 'killed'));
      assert.ok(isTrue, `${id} is ${status} (${cause})`);
      await proveNothingLost({ world: seenAs(world, after), before, host, id, options: ASKED });
    }
  });

/** The world as it was when the process died: what was copied since is not what its report is about. */
const seenAs = (world: World, { source, destination }: Snapshot): World => ({
  ...world,
  source: { ...world.source, content: async () => source },
  destination: { ...world.destination, content: async () => destination },
});

const rerun = async (world: World, before: Snapshot, which: 'first' | 'again'): Promise<string> => {
  const now = await snapshotOf(world);
  const id = await opened(world, async (host) => {
    const { report, id } = await run(host, world.request('sync', ASKED));
    assert.equal(report.status, 'done', `the rerun: ${report.cause} ${report.message}`);
    await proveNothingLost({ world, before: now, host, id, options: ASKED });
    assert.equal(report.remaining?.count, 0, 'nothing remains, and the report says so');
    assert.equal(report.outcomes.failed.count + report.outcomes.notTried.count, 0);
    if (which === 'again') assert.equal(report.outcomes.copied.count + report.outcomes.replaced.count, 0);
    return id;
  });
  const expected = new Map([...before.destination, ...before.source]);
  assert.deepEqual(await world.destination.content(), expected, 'everything is there, and nothing else');
  assert.deepEqual(await world.destination.leftovers(), [], 'nothing but pictures stays behind');
  return id;
};
