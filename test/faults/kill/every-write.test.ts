// kill -9 at every write, every commit and every request that writes: the same command, or whoever looks, finds the truth.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proved, type Stores } from '../ledger.ts';
import { snapshotOf } from '../proof.ts';
import { proveAftermath } from './aftermath.ts';
import { chosen, eachCase, isSeen } from './cases.ts';
import { givenPair, killedAt, type NamedPoint, pointsOf, SYNC } from './killed.ts';
import type { Killing } from './wrap-writes.ts';

const HOW =
  'picferry sync as a process of its own kills itself (SIGKILL) before or after one of its calls that change something (files, links, renames, SQLite, requests), or half-way through the bytes of one; an even selection of them, with PICFERRY_FAULTS=all every one';

interface Row {
  readonly stores: Stores;
  /** Cases of those that others can see, and of all others. */
  readonly seen: number;
  readonly unseen: number;
}

const ROWS: readonly Row[] = [
  { stores: 'folder → folder', seen: 40, unseen: 8 },
  { stores: 'folder → S3', seen: 20, unseen: 4 },
  { stores: 'S3 → folder', seen: 16, unseen: 4 },
  { stores: 'S3 → S3', seen: 12, unseen: 4 },
];

const provePoints = (stores: Stores, points: readonly NamedPoint[], killing: Killing = {}): Promise<number> =>
  eachCase(points, async (point, index, context) => {
    const world = await givenPair(context, stores);
    const before = await snapshotOf(world);
    await killedAt(world, SYNC, point, killing);
    await proveAftermath({ world, before, looksFirst: index % 2 === 0, runsMore: index % 5 === 0 ? 2 : 1 });
  });

describe('killed at any write', { timeout: 3_600_000 }, () => {
  for (const { stores, seen, unseen } of ROWS) {
    test(stores, async (t) => {
      const points = await pointsOf(async () => ({ world: await givenPair(t, stores), args: SYNC }));
      const others = points.filter((point) => !isSeen(point));
      const cases = await provePoints(stores, [...chosen(points.filter(isSeen), seen), ...chosen(others, unseen)]);
      proved({ fault: 'the process is killed at any write', how: HOW, stores, where: 'processes of their own', cases });
    });
  }

  test('folder → folder, with another disk mounted below the destination', async (t) => {
    const killing = { otherDisks: true };
    const given = async () => ({ world: await givenPair(t, 'folder → folder'), args: SYNC });
    const points = await pointsOf(given, killing);
    const beside = points.filter(({ call, moment }) => / new\/cam/.test(call) && moment !== 'before');
    assert.ok(beside.some(({ call }) => call.startsWith('copyFile')));
    const cases = await provePoints('folder → folder', chosen(beside, 10), killing);
    proved({
      fault: 'the process is killed while it writes to another disk that is mounted below the destination',
      how: 'as above, with every link and rename out of the folder of temporary files refused (EXDEV)',
      stores: 'folder → folder',
      where: 'processes of their own',
      cases,
    });
  });
});
