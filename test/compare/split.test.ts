// Ranges cover the key space, each key once, however they are cut and grouped.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareKeys } from '../../lib/compare/key.ts';
import { contains, type Range } from '../../lib/compare/range.ts';
import { groupRanges, rangesFromBoundaries } from '../../lib/compare/split.ts';
import { keys } from './keys.ts';

const sortedKeys = fc.uniqueArray(keys, { maxLength: 12 }).map((some) => some.sort(compareKeys));
const holding = (ranges: readonly Range[], key: string) => ranges.filter((range) => contains(range, key)).length;

function assertCover(ranges: readonly Range[]) {
  assert.equal(ranges[0]?.after, '');
  assert.equal(ranges.at(-1)?.upTo, null);
  for (const [i, range] of ranges.slice(1).entries()) assert.equal(range.after, ranges[i]?.upTo);
}

describe('ranges from boundaries', () => {
  test('cover everything without a gap; every key lies in exactly one, a boundary in the one it ends', () => {
    fc.assert(
      fc.property(sortedKeys, keys, (boundaries, key) => {
        const ranges = rangesFromBoundaries(boundaries);
        assertCover(ranges);
        assert.equal(ranges.length, boundaries.length + 1);
        assert.equal(holding(ranges, key), 1);
        for (const [i, boundary] of boundaries.entries()) {
          assert.equal(holding(ranges, boundary), 1);
          assert.ok(contains(ranges[i] as Range, boundary));
        }
      }),
    );
  });

  for (const boundaries of [['b', 'a'], ['a', 'a'], [''], ['\u{1f4f7}', '\uffff']]) {
    test(`${JSON.stringify(boundaries)} do not ascend: refused`, () =>
      assert.throws(() => rangesFromBoundaries(boundaries), { name: 'RangeError', message: /does not come after/ }));
  }
});

describe('grouping ranges into tasks', () => {
  const limits = fc.record({ tasks: fc.integer({ min: 1, max: 5 }), rangesPerTask: fc.integer({ min: 1, max: 4 }) });

  test('keeps the cover, the order and the limits, whatever their number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), limits, (boundaries, grouping) => {
        const names = Array.from({ length: boundaries }, (_, i) => String(1000 + i));
        const groups = groupRanges(rangesFromBoundaries(names), grouping);
        assertCover(groups.flat());
        assert.equal(groups.length, Math.min(grouping.tasks, boundaries + 1));
        const sizes = groups.map((group) => group.length);
        assert.ok(Math.max(...sizes) <= grouping.rangesPerTask);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
        if (boundaries < grouping.tasks * grouping.rangesPerTask) assert.equal(groups.flat().length, boundaries + 1);
      }),
    );
  });

  test('never asks for what lies between ranges', () => {
    const ranges = [1, 2, 3, 5, 6, 8].map((i): Range => ({ after: String(i), upTo: String(i + 1) }));
    const groups = groupRanges(ranges, { tasks: 1, rangesPerTask: 2 });
    assert.deepEqual(groups, [
      [
        { after: '1', upTo: '4' },
        { after: '5', upTo: '7' },
        { after: '8', upTo: '9' },
      ],
    ]);
  });

  test('of no ranges has no groups', () => assert.deepEqual(groupRanges([], { tasks: 3, rangesPerTask: 3 }), []));
});
