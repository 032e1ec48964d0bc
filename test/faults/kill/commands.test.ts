// kill -9 in what is not a plain sync: a check, a sync from a check's lists, whoever looks, a cancel, and one killed again and again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../support/embedded-migration.ts';
import { proved } from '../ledger.ts';
import { snapshotOf } from '../proof.ts';
import type { World } from '../world.ts';
import { proveAftermath } from './aftermath.ts';
import { chosen, eachCase, isSeen, numbersFrom } from './cases.ts';
import { ASKED, CHECK, givenPair, killedAt, pointsOf, SYNC, start } from './killed.ts';
import { SMALL } from './small.ts';
import type { Moment, Point } from './wrap-writes.ts';

const STORES = 'folder → folder';
const ROW = { stores: STORES, where: 'processes of their own' } as const;
const MOMENTS: readonly Moment[] = ['before', 'halfWay', 'after'];

/** A check whose lists a sync can copy from. */
const givenChecked = async (
  context: Parameters<typeof givenPair>[0],
): Promise<{ world: World; id: string; from: string[] }> => {
  const world = await givenPair(context, STORES);
  const host = await world.host({ limits: SMALL });
  const { id } = await run(host, world.request('check', ASKED));
  await host.close();
  return { world, id, from: ['sync', '--from', id] };
};

describe('killed in other commands', { timeout: 3_600_000 }, () => {
  test('while it only compares', async (t) => {
    const points = await pointsOf(async () => ({ world: await givenPair(t, STORES), args: CHECK }));
    const cases = await eachCase(chosen(points, 14), async (point, index, context) => {
      const world = await givenPair(context, STORES);
      const before = await snapshotOf(world);
      await killedAt(world, CHECK, point);
      assert.deepEqual(await snapshotOf(world), before, 'a check writes to neither side');
      assert.deepEqual(await world.destination.leftovers(), []);
      await proveAftermath({ world, before, looksFirst: index % 2 === 0 });
    });
    const how = 'picferry check kills itself (SIGKILL) at one of its writes';
    proved({ ...ROW, fault: 'the process is killed while it compares', how, cases });
  });

  test('while it copies from the lists of a check', async (t) => {
    const points = await pointsOf(async () => {
      const { world, from } = await givenChecked(t);
      return { world, args: from };
    });
    const cases = await eachCase(chosen(points.filter(isSeen), 18), async (point, index, context) => {
      const { world, id, from } = await givenChecked(context);
      const before = await snapshotOf(world);
      await killedAt(world, from, point);
      await proveAftermath({ world, before, looksFirst: index % 2 === 0, earlier: [id] });
    });
    const how = 'picferry sync --from ID kills itself (SIGKILL) at one of its writes';
    proved({ ...ROW, fault: "the process is killed while it copies from an earlier migration's lists", how, cases });
  });

  test('again and again, while it cleans up after the one before', async (t) => {
    const points = await pointsOf(async () => ({ world: await givenPair(t, STORES), args: SYNC }));
    const number = numbersFrom(5);
    const chains = Array.from({ length: 400 }, () => ({
      first: points[number(points.length)] as Point,
      // The first ones of a command settle what was killed before; every command makes so many.
      next: Array.from({ length: 1 + number(2) }, () => ({
        command: (['sync', 'sync', 'list', 'cancel'] as const)[number(4)] as 'sync' | 'list' | 'cancel',
        at: { nth: 1 + number(45), moment: MOMENTS[number(3)] as Moment },
      })),
    }));
    const cases = await eachCase(chosen(chains, 24), async ({ first, next }, index, context) => {
      const world = await givenPair(context, STORES);
      const before = await snapshotOf(world);
      await killedAt(world, SYNC, first);
      for (const { command, at } of next) {
        const args = command === 'sync' ? SYNC : command === 'list' ? ['list'] : ['cancel', await newest(world)];
        const { code, signal, stderr } = await start(world, args, { at }).ended;
        // Looking has less to do than that where less was left to settle.
        assert.ok(
          signal === 'SIGKILL' || (command !== 'sync' && (code === 0 || code === 2)),
          `exit ${code}: ${stderr}`,
        );
      }
      await proveAftermath({ world, before, looksFirst: index % 2 === 0 });
    });
    const how =
      'picferry sync is killed at any call, and so are the sync, list or cancel after it, while they settle it: a seeded sample';
    proved({ ...ROW, fault: 'killed again while it is cleaned up', how, cases });
  });
});

/** `none` where it was killed before it had a record. */
const newest = async (world: World): Promise<string> => {
  const { stdout } = await start(world, ['list', '--limit', '1']).ended;
  const { migrations } = JSON.parse(stdout) as { migrations: readonly { id: string }[] };
  return migrations[0]?.id ?? 'none';
};
