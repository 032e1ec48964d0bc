// Figures: counted twice, added, checked, and written in few bytes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SIDES } from '../../lib/compare/entry.ts';
import { FINDINGS, type Joined } from '../../lib/compare/findings.ts';
import { KINDS } from '../../lib/compare/kind.ts';
import {
  addStatistics,
  amountOf,
  countFinding,
  countListed,
  disagreement,
  fromCompact,
  newStatistics,
  type Statistics,
  toCompact,
} from '../../lib/compare/statistics.ts';
import { entry } from './keys.ts';

const jpg = entry('cam1/a.jpg', { size: 5 });
const raw = entry('cam1/raw/a.jpg', { size: 7 });
const text = entry('notes.txt', { size: 11 });

function count(statistics: Statistics, ...found: [(typeof FINDINGS)[number], Joined, boolean?][]): Statistics {
  for (const [finding, joined, contentUnknown] of found) {
    countListed(statistics, joined);
    countFinding(statistics, finding, joined, contentUnknown);
  }
  return statistics;
}

/** Any figures, every cell. */
const figures = fc
  .array(fc.tuple(fc.nat({ max: 9_999_999_999 }), fc.nat({ max: 2 ** 50 })), { minLength: 45, maxLength: 45 })
  .chain((some) => fc.tuple(fc.constant(some), fc.array(fc.boolean(), { minLength: 45, maxLength: 45 })))
  .map(([amounts, zero]) => {
    const statistics = newStatistics();
    const cells = [
      ...SIDES.map((side) => statistics.listed[side]),
      statistics.contentUnknown,
      ...FINDINGS.flatMap((f) => SIDES.flatMap((side) => KINDS.map((kind) => statistics.findings[f][side][kind]))),
    ];
    for (const [i, cell] of cells.entries()) {
      const [amountCount, bytes] = amounts[i] ?? [0, 0];
      if (!zero[i]) Object.assign(cell, { count: amountCount, bytes });
    }
    return statistics;
  });

describe('statistics', () => {
  test('count both sides of a key under its finding and kind', () => {
    const statistics = count(
      newStatistics(),
      ['shared', { source: jpg, destination: jpg }],
      ['shared', { source: raw, destination: raw }, true],
      ['different', { source: text, destination: { ...text, size: 1 } }],
      ['missingOnDestination', { source: jpg }],
      ['missingOnSource', { destination: raw }],
    );
    assert.deepEqual(toCompact(statistics), {
      listed: { source: [4, 28], destination: [4, 20] },
      findings: {
        shared: { source: { jpg: [1, 5], raw: [1, 7] }, destination: { jpg: [1, 5], raw: [1, 7] } },
        different: { source: { other: [1, 11] }, destination: { other: [1, 1] } },
        missingOnDestination: { source: { jpg: [1, 5] } },
        missingOnSource: { destination: { raw: [1, 7] } },
      },
      contentUnknown: [1, 7],
    });
    assert.deepEqual(amountOf(statistics, 'shared', 'source'), { count: 2, bytes: 12 });
    assert.deepEqual(amountOf(statistics, 'archived', 'source'), { count: 0, bytes: 0 });
    assert.equal(disagreement(statistics), undefined);
  });

  test('notice a key that was listed and found nowhere, and say on which side', () => {
    const statistics = count(newStatistics(), ['shared', { source: jpg, destination: jpg }]);
    countListed(statistics, { destination: raw });
    assert.equal(
      disagreement(statistics),
      'the destination listed 2 entries of 12 bytes, but its findings add up to 1 entries of 5 bytes',
    );
  });

  test('notice a key that was found twice, and bytes that changed between', () => {
    const twice = count(newStatistics(), ['missingOnDestination', { source: jpg }]);
    countFinding(twice, 'settling', { source: jpg });
    assert.match(disagreement(twice) ?? '', /^the source listed 1 .* 2 entries/);
    const changed = newStatistics();
    countListed(changed, { source: jpg });
    countFinding(changed, 'missingOnDestination', { source: { ...jpg, size: 6 } });
    assert.match(disagreement(changed) ?? '', /^the source listed/);
  });

  test('add up cell by cell into new ones', () => {
    fc.assert(
      fc.property(figures, figures, (a, b) => {
        const before = structuredClone([a, b]);
        const sum = addStatistics(a, b);
        assert.deepEqual([a, b], before);
        for (const side of SIDES) {
          assert.equal(sum.listed[side].bytes, a.listed[side].bytes + b.listed[side].bytes);
          for (const finding of FINDINGS) {
            const [x, y] = [amountOf(a, finding, side), amountOf(b, finding, side)];
            assert.deepEqual(amountOf(sum, finding, side), { count: x.count + y.count, bytes: x.bytes + y.bytes });
          }
        }
        assert.equal(sum.contentUnknown.count, a.contentUnknown.count + b.contentUnknown.count);
        assert.deepEqual(addStatistics(a, newStatistics()), a);
      }),
    );
  });

  test('share no cell: counting into a sum or a fresh set changes no other', () => {
    const a = newStatistics();
    const sum = addStatistics(a, newStatistics());
    count(sum, ['shared', { source: jpg, destination: jpg }, true]);
    assert.deepEqual(a, newStatistics());
  });
});

describe('the compact form', () => {
  test('comes back as it was, through JSON', () => {
    fc.assert(fc.property(figures, (s) => assert.deepEqual(fromCompact(JSON.parse(JSON.stringify(toCompact(s)))), s)));
  });

  test('of nothing says nothing', () => assert.deepEqual(toCompact(newStatistics()), { listed: {}, findings: {} }));

  test('of everything, with 10-digit counts and 16-digit bytes, leaves a report of 4,096 bytes ample room', () => {
    const full = newStatistics();
    const cell = { count: 9_999_999_999, bytes: 9_007_199_254_740_991 };
    for (const side of SIDES) {
      Object.assign(full.listed[side], cell);
      for (const f of FINDINGS) for (const kind of KINDS) Object.assign(full.findings[f][side][kind], cell);
    }
    Object.assign(full.contentUnknown, cell);
    const size = JSON.stringify(toCompact(full)).length;
    assert.ok(size < 2200, `${size} bytes`);
  });
});
