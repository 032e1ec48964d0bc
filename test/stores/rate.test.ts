// A rate's schedule, exact: on a clock that only the test moves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Rate } from '../../lib/stores/rate.ts';

const rateOf = (perSecond: number | undefined, burstMs = 0): Rate => {
  const rate = new Rate(burstMs);
  rate.set(perSecond);
  return rate;
};

describe('a rate', () => {
  /** When whoever asks may go on. */
  const TABLE: readonly (readonly [
    what: string,
    rate: Rate,
    asked: readonly (readonly [at: number, amount: number])[],
    passes: readonly number[],
  ])[] = [
    [
      'without a limit',
      rateOf(undefined),
      [
        [0, 1],
        [0, 1e9],
        [0, 1],
      ],
      [0, 0, 0],
    ],
    [
      'of 10 a second: one each 100 ms',
      rateOf(10),
      [
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      [0, 100, 200, 300],
    ],
    [
      'does not save up what was left unused',
      rateOf(10),
      [
        [0, 1],
        [1_000, 1],
        [1_000, 1],
      ],
      [0, 1_000, 1_100],
    ],
    [
      'saves up to its burst',
      rateOf(10, 200),
      [
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 1],
        [9_000, 1],
        [9_000, 1],
        [9_000, 1],
        [9_000, 1],
      ],
      [0, 0, 0, 100, 9_000, 9_000, 9_000, 9_100],
    ],
    [
      'of half a one',
      rateOf(0.5),
      [
        [0, 1],
        [0, 1],
      ],
      [0, 2_000],
    ],
    [
      'whoever comes after a large one waits for it',
      rateOf(1_000),
      [
        [0, 5_000],
        [0, 1],
        [6_000, 1],
      ],
      [0, 5_000, 6_000],
    ],
  ];
  for (const [what, rate, asked, passes] of TABLE)
    test(what, () =>
      assert.deepEqual(
        asked.map(([at, amount]) => at + rate.take(amount, at)),
        passes,
      ),
    );

  test('begins afresh with another limit, and goes on with the same', () => {
    const rate = rateOf(1);
    rate.take(100, 0);
    rate.set(1);
    assert.equal(rate.take(1, 0), 100_000);
    rate.set(2);
    assert.equal(rate.take(1, 0), 0);
    assert.equal(rate.take(1, 0), 500);
    rate.set();
    assert.equal(rate.take(1e9, 0), 0);
    assert.equal(rate.take(1, 0), 0);
  });

  test('of nothing is refused: nobody would ever pass', () => {
    for (const none of [0, -1, Number.NaN]) assert.throws(() => rateOf(none), RangeError);
  });

  test('no second has more than it, its burst and one more, whoever asks when', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 300 }),
        (waits, perSecond, burstMs) => {
          const rate = rateOf(perSecond, burstMs);
          let now = 0;
          const passed = waits.map((wait) => {
            now += wait;
            return now + rate.take(1, now);
          });
          const most = (perSecond * (1_000 + burstMs)) / 1_000 + 1;
          for (const from of passed) {
            const within = passed.filter((at) => at >= from && at < from + 1_000).length;
            assert.ok(within <= most + 1e-6, `${within} of ${most}`);
          }
        },
      ),
    );
  });
});
