// Ranges cover the key space, each key once, however they are cut and grouped.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareKeys } from '../../lib/compare/key.ts';
import { contains, EVERYTHING, type Range } from '../../lib/compare/range.ts';
import { groupRanges, midpoint, rangesFromBoundaries, splitRange } from '../../lib/compare/split.ts';
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

describe('splitting a range', () => {
  test('puts each of its keys in exactly one half, and no other key in either', () => {
    fc.assert(
      fc.property(sortedKeys, keys, keys, (bounds, at, key) => {
        for (const range of rangesFromBoundaries(bounds)) {
          if (!contains(range, at) || at === range.upTo) continue;
          const halves = splitRange(range, at);
          assert.equal(holding(halves, key), contains(range, key) ? 1 : 0);
          assert.ok(contains(halves[0], at));
        }
      }),
    );
  });

  for (const at of ['a', 'c', 'd', '']) {
    test(`("a", "c"] has no inside at "${at}"`, () =>
      assert.throws(() => splitRange({ after: 'a', upTo: 'c' }, at), { name: 'RangeError', message: /inside/ }));
  }
});

describe('the midpoint of a range', () => {
  const anyKey = fc.string({ unit: 'binary', maxLength: 6 });
  const bounds = fc.oneof(fc.tuple(keys, keys), fc.tuple(anyKey, anyKey), fc.tuple(keys, fc.constant(null)));
  const ordered = bounds.map(
    ([a, b]): Range => (b === null || compareKeys(a, b) < 0 ? { after: a, upTo: b } : { after: b, upTo: a }),
  );

  test('lies strictly inside and is well-formed; there is none only where no key fits', () => {
    fc.assert(
      fc.property(ordered, fc.option(fc.array(keys, { maxLength: 3 }), { nil: undefined }), (range, seen) => {
        const middle = midpoint(range, seen);
        if (middle === undefined) {
          const next = `${range.after}\u0001`;
          assert.ok(range.upTo !== null && compareKeys(next, range.upTo) >= 0, `${JSON.stringify(range)} has room`);
          return;
        }
        assert.ok(middle.isWellFormed());
        assert.ok(!middle.includes('\0') || range.after.includes('\0') || range.upTo?.includes('\0'));
        assert.ok(compareKeys(middle, range.after) > 0);
        assert.ok(range.upTo === null || compareKeys(middle, range.upTo) < 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('halves a range of dated keys again and again, down to neighbours', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `cam/2026${String(i).padStart(4, '0')}`);
    let range: Range = { after: names[0] ?? '', upTo: names.at(-1) ?? '' };
    let cuts = 0;
    const left = () => names.filter((name) => contains(range, name)).length;
    for (; left() > 1; cuts++) {
      const middle = midpoint(range, names);
      assert.ok(middle !== undefined);
      const [low, high] = splitRange(range, middle);
      range = names.filter((name) => contains(low, name)).length * 2 >= left() ? low : high;
    }
    assert.ok(cuts <= 20, `${cuts} cuts for 1,000 keys`);
  });

  const cases: readonly (readonly [string, string | null, string | undefined, string[]?])[] = [
    ['2026/01', '2026/09', '2026/05', ['0123456789']],
    ['a', 'c', 'b'],
    ['a', 'a\u0000', undefined],
    ['a', 'a\u0001', undefined],
    ['a', 'a\u0001a', 'a\u0001'],
    ['\udc80', '\udc81', undefined],
    ['\udc80', '\ue000', undefined],
    ['a\udc80', 'b', 'a\ue000', ['']],
    ['\ud7ff', '\ue000', '\ud7ff\ud7ff', ['a']],
    ['a'.repeat(1024), `${'a'.repeat(1024)}b`, undefined],
  ];
  for (const [after, upTo, expected, seen] of cases) {
    const shown = [after, upTo].map((bound) => JSON.stringify(bound).slice(0, 20));
    test(`between ${shown.join(' and ')} is ${JSON.stringify(expected)}`, () => {
      const middle = midpoint({ after, upTo }, seen);
      assert.equal(middle, expected);
    });
  }

  test('of everything is a printable character, and room is found behind any key', () => {
    assert.match(midpoint(EVERYTHING) ?? '', /^[ -~]$/);
    assert.ok(compareKeys(midpoint({ after: '\u{10ffff}', upTo: null }) ?? '', '\u{10ffff}') > 0);
  });
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
