// The copy plan: who shares a range with whom, and plans of older versions.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { planCopying } from '../../lib/workflow/copy-plan.ts';
import { shardPath } from '../../lib/workflow/paths.ts';
import type { CopyItem, ShardRef } from '../../lib/workflow/payloads.ts';
import { isCopyItem } from '../../lib/workflow/plan-files.ts';

let sequence = 0;
const shard = (task: number, range: number, newest: number): ShardRef => ({
  path: shardPath('20260131-120000-x7k2p9', 1, task, 'attempt-1', ++sequence),
  finding: 'missingOnDestination',
  ...{ count: 10, bytes: 100, listedAt: 1, newest, oldest: newest, gzipBytes: 5, range, sequence },
});
const sharingOf = (shards: readonly ShardRef[], maxItems = 40_000, atOnce = 50) =>
  planCopying(shards, 'newest', maxItems, atOnce).map(({ sharing, items }) => [sharing, items]);

describe('each item of a copy plan says', () => {
  test('how many copy into its range, and how many there are', () => {
    const flat = [shard(0, 0, 9), shard(0, 0, 8), shard(0, 0, 7)];
    assert.deepEqual(sharingOf(flat), [
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
    assert.deepEqual(sharingOf([]), []);
  });

  test('that other ranges, and the same number in another task, are not its own', () => {
    const shards = [shard(0, 0, 9), shard(0, 1, 8), shard(1, 0, 7), shard(11, 0, 6), shard(1, 0, 5)];
    assert.deepEqual(sharingOf(shards), [
      [1, 5],
      [1, 5],
      [2, 5],
      [1, 5],
      [2, 5],
    ]);
  });

  test('that pieces of a range that was cut are the same range', () => {
    const shards = [shard(0, 2, 9), shard(0, 2.5, 8), shard(0, 2.75, 7), shard(0, 3, 6)];
    assert.deepEqual(sharingOf(shards), [
      [3, 4],
      [3, 4],
      [3, 4],
      [1, 4],
    ]);
  });

  test('how many of those that are under way with it: just before and just behind it', () => {
    const inTurn = Array.from({ length: 4_000 }, (_, i) => shard(i % 400, 0, 4_000 - i));
    assert.deepEqual(new Set(sharingOf(inTurn).map(([sharing]) => sharing)), new Set([1]));
    // The first half of them below one prefix: only those at its end are beside others.
    const halves = Array.from({ length: 400 }, (_, i) => shard(i < 200 ? 0 : i, 0, 400 - i));
    const sharing = sharingOf(halves).map(([its]) => its);
    assert.deepEqual(sharing.slice(0, 200), Array<number>(200).fill(50));
    assert.deepEqual(sharing.slice(200), Array<number>(200).fill(1));
  });

  test('no more than run at once, and never less than what may', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { maxLength: 90 }), fc.integer({ min: 1, max: 9 }), (ranges, atOnce) => {
        const shards = ranges.map((range, i) => shard(0, range, ranges.length - i));
        const sharing = sharingOf(shards, 40_000, atOnce).map(([its]) => its!);
        assert.ok(sharing.every((its) => its >= 1 && its <= atOnce));
        // Whichever follow each other without a gap, so many at once.
        for (let from = 0; from + atOnce <= ranges.length; from++) {
          const beside = ranges.slice(from, from + atOnce);
          for (const [i, range] of beside.entries())
            assert.ok(sharing[from + i]! >= beside.filter((one) => one === range).length);
        }
      }),
    );
  });

  test('of several shards, as many as use its busiest range', () => {
    const shards = [shard(0, 0, 9), shard(1, 0, 8), shard(1, 0, 7), shard(1, 0, 6), shard(2, 0, 5), shard(2, 0, 4)];
    assert.deepEqual(sharingOf(shards, 3), [
      [2, 3],
      [2, 3],
      [1, 3],
    ]);
  });
});

describe('an item', () => {
  const [sound] = planCopying([shard(0, 0, 1)], 'newest', 1) as [CopyItem];
  test('may say nothing of others, as in plans of older versions', () => {
    const { items: _, sharing: __, ...older } = sound;
    assert.equal(isCopyItem(sound), true);
    assert.equal(isCopyItem(older), true);
  });
  for (const [field, value] of [
    ['sharing', 0],
    ['sharing', -1],
    ['sharing', '2'],
    ['items', 0],
    ['items', 1.5],
    ['items', null],
  ] as const)
    test(`whose ${field} is ${JSON.stringify(value)} is not what was written`, () =>
      assert.equal(isCopyItem({ ...sound, [field]: value }), false));
});
