// Texts of the command line as values.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  collect,
  parseBandwidth,
  parseCount,
  parseDate,
  parseDuration,
  parseStorageClass,
  parseTps,
} from '../../lib/cli/values.ts';

const table = <Value>(
  parse: (text: string) => Value,
  good: readonly (readonly [string, Value])[],
  bad: readonly string[],
) => {
  for (const [text, value] of good) test(`${text} -> ${value}`, () => assert.deepEqual(parse(text), value));
  for (const text of bad)
    test(`${JSON.stringify(text)} is refused`, () => assert.throws(() => parse(text), /Expected/));
};

describe('dates are ISO 8601; without a zone they are UTC', () =>
  table(
    parseDate,
    [
      ['2026-05-01', '2026-05-01T00:00:00.000Z'],
      ['2024-02-29', '2024-02-29T00:00:00.000Z'],
      ['2026-05-01T18:30', '2026-05-01T18:30:00.000Z'],
      ['2026-05-01T18:30:07', '2026-05-01T18:30:07.000Z'],
      ['2026-05-01T18:30:07.25Z', '2026-05-01T18:30:07.250Z'],
      ['2026-05-01t18:30:07z', '2026-05-01T18:30:07.000Z'],
      ['2026-05-01T18:30:00+02:00', '2026-05-01T16:30:00.000Z'],
      ['2026-05-01T18:30:00-0530', '2026-05-02T00:00:00.000Z'],
    ],
    [
      ...['', 'yesterday', '2026', '2026-05', '2026-5-1', '20260501', '01.05.2026', '05/01/2026', '1777680000'],
      ...['2026-13-01', '2026-00-01', '2026-02-30', '2023-02-29', '2026-04-31T10:00'],
      ...['2026-05-01 18:30', '2026-05-01T25:00', '2026-05-01T18:60', '2026-05-01T18', '2026-05-01T18:30+99:00'],
    ],
  ));

test('a date without a zone does not depend on the zone of the machine', () => {
  const { TZ } = process.env;
  try {
    process.env.TZ = 'Pacific/Kiritimati';
    assert.equal(parseDate('2026-05-01T00:30'), '2026-05-01T00:30:00.000Z');
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
});

describe('requests a second are a number, a fraction too', () =>
  table(
    parseTps,
    [
      ['10', 10],
      ['0.5', 0.5],
      ['0.1', 0.1],
      ['3500', 3_500],
      ['1000000', 1_000_000],
    ],
    ['', '0', '0.09', '-1', '1e3', '10/s', 'many', '1000001', 'Infinity', 'NaN', '.5', '0x10'],
  ));

describe('bytes a second have a unit, as rclone writes sizes', () =>
  table(
    parseBandwidth,
    [
      ['500k', 512_000],
      ['500K', 512_000],
      ['10M', 10_485_760],
      ['10m', 10_485_760],
      ['10MiB', 10_485_760],
      ['10Mi', 10_485_760],
      ['1.5G', 1_610_612_736],
      ['1T', 1_099_511_627_776],
      ['2048B', 2_048],
      ['1b', 1],
    ],
    [
      '',
      '0',
      '10',
      '1024',
      '0k',
      '0.4B',
      '-1M',
      '10 M',
      '10X',
      '10M:5M',
      'M',
      '1.M',
      '10MB',
      '10BiB',
      '10bb',
      '9999999T',
      'off',
    ],
  ));

describe('durations become milliseconds', () =>
  table(
    parseDuration,
    [
      ['0', 0],
      ['45', 45_000],
      ['30s', 30_000],
      ['5m', 300_000],
      ['1h', 3_600_000],
      ['2d', 172_800_000],
      ['1.5h', 5_400_000],
    ],
    ['', '-5', 's', '5 m', '5min', '1h30m', '1e3', '.5h', 'Infinity', '9'.repeat(20)],
  ));

describe('counts', () =>
  table(
    parseCount,
    [
      ['1', 1],
      ['64', 64],
      ['10000', 10_000],
    ],
    ['', '0', '-1', '1.5', '1e3', '0x10', '10001', '9'.repeat(400), 'many'],
  ));

describe('storage classes', () =>
  table(parseStorageClass, [['STANDARD_IA', 'STANDARD_IA']], ['', 'standard', '_X', 'GLACIER IR', 'A'.repeat(41)]));

test('a repeated option keeps all its values, in their order', () => {
  assert.deepEqual(collect('b', collect('a')), ['a', 'b']);
  assert.throws(() => collect(''), /empty/);
});
