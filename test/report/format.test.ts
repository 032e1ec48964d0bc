// Figures as people read them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatBytes, formatCount, formatDuration, formatMoment, pictures } from '../../lib/report/format.ts';

const table = <Value>(format: (value: Value) => string, rows: readonly (readonly [Value, string])[]): void => {
  for (const [value, text] of rows) test(`${value} -> ${text}`, () => assert.equal(format(value), text));
};

describe('formatCount', () =>
  table(formatCount, [
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [58_300, '58,300'],
    [1_234_567, '1,234,567'],
  ]));

describe('formatBytes never says 1,000 of a unit', () =>
  table(formatBytes, [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1.00 kB'],
    [9_994, '9.99 kB'],
    [9_995, '10.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [2_500_000_000_000, '2.50 TB'],
    [2 ** 53, '9.01 PB'],
    [9e18, '9000 PB'],
  ]));

describe('formatDuration', () =>
  table(formatDuration, [
    [-5, '0 s'],
    [400, '0 s'],
    [59_499, '59 s'],
    [59_500, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_600_000, '1 h 00 min'],
    [100 * 3_600_000 + 61_000, '100 h 01 min'],
  ]));

test('moments are in UTC, to the second', () => {
  assert.equal(formatMoment('2026-05-01T18:30:07.999Z'), '2026-05-01 18:30:07 UTC');
});

test('one picture is no "pictures"', () => {
  assert.deepEqual([0, 1, 2].map(pictures), ['0 pictures', '1 picture', '2 pictures']);
});
