// A migration's figures out of its rounds: tables.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Amount } from '../../lib/compare/entry.ts';
import { noOutcomes, type Outcome } from '../../lib/compare/outcomes.ts';
import { newStatistics, toCompact } from '../../lib/compare/statistics.ts';
import { asOf, outcomesOf, remainingForGoodUpTo, remainingOf } from '../../lib/workflow/figures.ts';
import type { MigrationRecord, RoundRecord } from '../../lib/workflow/record.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const amount = (count: number): Amount => ({ count, bytes: count * 10 });

const round = (
  number: number,
  figures: { remaining?: number; forGood?: number; rangesForGood?: number; listedAt?: number },
  outcomes?: Partial<Record<Outcome, number>>,
): RoundRecord => ({
  round: number,
  ...(figures.remaining === undefined
    ? {}
    : {
        comparison: {
          statistics: toCompact(newStatistics()),
          copyList: amount(figures.remaining - (figures.forGood ?? 0)),
          remaining: amount(figures.remaining),
          remainingForGood: amount(figures.forGood ?? 0),
          rangesForGood: figures.rangesForGood ?? 0,
          listedAt: figures.listedAt ?? number * 1_000,
        },
      }),
  ...(outcomes
    ? {
        copying: {
          outcomes: {
            ...noOutcomes(),
            ...Object.fromEntries(Object.entries(outcomes).map(([name, count]) => [name, amount(count)])),
          },
          reasons: {},
        },
      }
    : {}),
});

const record = (rounds: RoundRecord[], earlier?: MigrationRecord['earlier']): MigrationRecord => ({
  ...{ pk: 'migration#m', sk: 'record', index: 'migrations', createdAt: '', version: 0, id: 'm', status: 'running' },
  ...{ pair: 'p', fencing: 1, rounds },
  ...(earlier ? { earlier } : {}),
  request: {
    mode: 'sync',
    source: { type: 'folder', path: '/a' },
    destination: { type: 'folder', path: '/b' },
    options: DEFAULT_OPTIONS,
  },
});

const EARLIER: NonNullable<MigrationRecord['earlier']> = {
  statistics: toCompact(newStatistics()),
  remaining: amount(9),
  remainingForGood: amount(2),
  rangesForGood: 1,
  listedAt: 7,
};

describe('remaining', () => {
  const table: readonly (readonly [string, RoundRecord[], MigrationRecord['earlier'], number | undefined])[] = [
    ['is not known before a comparison was completed', [], undefined, undefined],
    ['is a check’s own', [round(1, { remaining: 5, forGood: 1 })], undefined, 5],
    [
      'keeps round 1 where no range was compared again',
      [round(1, { remaining: 5, forGood: 2 }), round(2, { remaining: 1 })],
      undefined,
      3,
    ],
    [
      'adds every round’s settled part',
      [round(1, { remaining: 9, forGood: 2 }), round(2, { remaining: 4, forGood: 1 }), round(3, { remaining: 0 })],
      undefined,
      3,
    ],
    ['is the earlier migration’s until something is compared anew', [round(1, {}, { copied: 7 })], EARLIER, 9],
    [
      'keeps the earlier comparison of ranges not compared anew',
      [round(1, {}, { copied: 7 }), round(2, { remaining: 1 })],
      EARLIER,
      3,
    ],
  ];
  for (const [title, rounds, earlier, expected] of table) {
    test(title, () => assert.equal(remainingOf(record(rounds, earlier))?.count, expected));
  }
});

describe('as of', () => {
  const table: readonly (readonly [string, RoundRecord[], MigrationRecord['earlier'], number | undefined])[] = [
    ['is not known before a comparison was completed', [], undefined, undefined],
    [
      'is the last round’s when that compared every range again',
      [round(1, { remaining: 5 }), round(2, { remaining: 0 })],
      undefined,
      2_000,
    ],
    [
      'is round 1’s while one of its ranges was not compared again',
      [round(1, { remaining: 5, rangesForGood: 3 }), round(2, { remaining: 0 })],
      undefined,
      1_000,
    ],
    ['is the earlier migration’s while one of its ranges counts', [round(2, { remaining: 0 })], EARLIER, 7],
  ];
  for (const [title, rounds, earlier, expected] of table) {
    test(title, () => assert.equal(asOf(record(rounds, earlier)), expected));
  }
});

test('copied adds up over all rounds, failed and changed are the last copying round’s', () => {
  const outcomes = outcomesOf(
    record([
      round(1, { remaining: 10 }, { copied: 6, failed: 3, changedOnSource: 1 }),
      round(2, { remaining: 4 }, { copied: 2, alreadyThere: 1, failed: 1 }),
      round(3, { remaining: 1 }),
    ]),
  );
  assert.deepEqual(Object.fromEntries(Object.entries(outcomes).map(([name, { count }]) => [name, count])), {
    copied: 8,
    replaced: 0,
    alreadyThere: 1,
    goneFromSource: 0,
    changedOnSource: 0,
    failed: 1,
    notTried: 0,
  });
});

test('what stays for good up to a round leaves later rounds out', () => {
  const rounds = [round(1, { remaining: 9, forGood: 2 }), round(2, { remaining: 4, forGood: 1 })];
  assert.equal(remainingForGoodUpTo(record(rounds), 1).count, 2);
  assert.equal(remainingForGoodUpTo(record(rounds, EARLIER), 2).count, 5);
});
