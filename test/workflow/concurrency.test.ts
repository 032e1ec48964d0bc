// How many are copied at once: by what was said and when, and against services that bear so much and no more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Concurrency } from '../../lib/workflow/concurrency.ts';
import { copiedTo, limitAt, within } from './throttled-service.ts';

const ended = (concurrency: Concurrency, times: number, now: number): void => {
  for (let i = 0; i < times; i++) concurrency.ended(concurrency.limit, now);
};

describe('copies at once', () => {
  test('begin with 16, or with the most where that is fewer', () => {
    assert.equal(new Concurrency(64).limit, 16);
    assert.equal(new Concurrency(5).limit, 5);
    assert.equal(new Concurrency(1).limit, 1);
  });

  test('double as long as all is well, up to the most', () => {
    const concurrency = new Concurrency(64);
    ended(concurrency, 16, 0);
    assert.equal(concurrency.limit, 32);
    ended(concurrency, 32, 0);
    assert.equal(concurrency.limit, 64);
    ended(concurrency, 1_000, 0);
    assert.equal(concurrency.limit, 64);
  });

  test('do not grow while fewer than half of them are in use', () => {
    const concurrency = new Concurrency(64);
    for (let i = 0; i < 100; i++) concurrency.ended(7, 0);
    assert.equal(concurrency.limit, 16);
    concurrency.ended(8, 0);
    assert.equal(concurrency.limit, 17);
  });

  test('are halved once a second, however many requests are told to slow down, and never to none', () => {
    const concurrency = new Concurrency(64);
    ended(concurrency, 48, 0);
    const limits = [0, 1, 999, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000].map((now) => {
      for (let i = 0; i < 20; i++) concurrency.throttled(now);
      return concurrency.limit;
    });
    assert.deepEqual(limits, [32, 32, 32, 16, 16, 8, 4, 2, 1, 1, 1]);
  });

  test('do not grow within half a second of the last complaint; then double up to half of what was too much', () => {
    const concurrency = new Concurrency(200);
    ended(concurrency, 48, 0);
    concurrency.throttled(100);
    concurrency.throttled(1_100);
    assert.equal(concurrency.limit, 16);
    ended(concurrency, 500, 1_599);
    assert.equal(concurrency.limit, 16);
    ended(concurrency, 500, 1_600);
    assert.equal(concurrency.limit, 32);
  });

  test('then probe for more once a second, by 1, 2, 4, and come back to just below what was too much', () => {
    const concurrency = new Concurrency(200);
    ended(concurrency, 48, 0);
    concurrency.throttled(0);
    const limits = [500, 1_000, 1_499, 1_500, 2_500, 3_000, 3_500].map((now) => {
      ended(concurrency, 500, now);
      return concurrency.limit;
    });
    assert.deepEqual(limits, [32, 33, 33, 33, 35, 35, 39]);
    concurrency.throttled(4_000);
    assert.equal(concurrency.limit, 19);
    ended(concurrency, 500, 4_500);
    assert.equal(concurrency.limit, 33, '85% of 39, at once');
    ended(concurrency, 500, 5_500);
    assert.equal(concurrency.limit, 34, 'by 1 again');
  });

  test('double again after a service was away, up to half of what it bore before', () => {
    const concurrency = new Concurrency(64);
    ended(concurrency, 48, 0);
    for (let now = 0; now <= 30_000; now += 1_000) concurrency.throttled(now);
    assert.equal(concurrency.limit, 1);
    ended(concurrency, 500, 31_000);
    assert.equal(concurrency.limit, 32);
  });

  test('are from 1 to the most, whatever happens', () => {
    const event = fc.record({ after: fc.integer({ min: 0, max: 3_000 }), slow: fc.boolean(), inFlight: fc.nat(200) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(event, { maxLength: 300 }), (most, events) => {
        const concurrency = new Concurrency(most);
        let now = 0;
        for (const { after, slow, inFlight } of events) {
          now += after;
          if (slow) concurrency.throttled(now);
          else concurrency.ended(inFlight, now);
          assert.ok(Number.isInteger(concurrency.limit) && concurrency.limit >= 1 && concurrency.limit <= most);
        }
      }),
    );
  });
});

describe('against a service', () => {
  test('that bears everything, 64 are copied at once within 0.1 s, at 40 ms each', async () => {
    const seen = await copiedTo({ bears: () => 1_000, pictures: 5_000, most: 64 });
    assert.equal(seen.copied, 5_000);
    assert.equal(seen.refused.length, 0);
    assert.ok(seen.limits.some(({ at, limit }) => limit === 64 && at <= 100));
    // 64 at once from the beginning would take 79 turns of 40 ms.
    assert.ok(seen.endedAt <= 84 * 40, `${seen.endedAt} ms`);
  });

  for (const bears of [4, 20, 50]) {
    test(`that bears ${bears} at once, all is copied, at four fifths of its speed, with one request in 50 in vain at most`, async () => {
      const pictures = 1_000 * bears;
      const seen = await copiedTo({ bears: () => bears, pictures, most: 64 });
      assert.ok(seen.copied >= pictures - 1);
      // Alone at full speed it would take 40 s.
      assert.ok(seen.endedAt < 50_000, `${seen.endedAt} ms`);
      assert.ok(seen.refused.length < 0.02 * pictures, `${seen.refused.length} of ${seen.requests.length}`);
      assert.ok(seen.limits.every(({ at, limit }) => at < 3_000 || limit <= bears * 1.5));
    });
  }

  test('that bears less for a while, it falls to that and comes back', async () => {
    const bears = (now: number): number => (now >= 5_000 && now < 15_000 ? 10 : 1_000);
    const seen = await copiedTo({ bears, pictures: 20_000, most: 64 });
    assert.ok(seen.copied >= 19_998, `${seen.copied}`);
    assert.equal(limitAt(seen, 4_900), 64);
    assert.ok(limitAt(seen, 14_900) <= 20, `${limitAt(seen, 14_900)} at the end of it`);
    assert.equal(limitAt(seen, 22_000), 64);
  });

  test('that refuses everything for 30 s, requests become fewer and fewer, and never come back all at once', async () => {
    const bears = (now: number): number => (now >= 2_000 && now < 32_000 ? 0 : 1_000);
    const seen = await copiedTo({ bears, pictures: 30_000, most: 64 });
    assert.equal(seen.copied + seen.failed, 30_000);
    const requests = [2, 7, 12, 17, 22, 27].map((s) => within(seen.requests, s * 1_000, (s + 5) * 1_000));
    // Without growing slower it would be about 500 in each of them.
    assert.ok(requests[0]! < 500, requests.join());
    for (const later of requests.slice(2)) assert.ok(later < requests[0]! / 8, requests.join());
    assert.ok(seen.failed < 100, `${seen.failed} pictures were given up`);
    // What comes back: one, then twice as many each time that a copy takes, never all 64.
    for (let from = 32_000; from < 33_000; from += 20) assert.ok(within(seen.requests, from, from + 40) <= 32 + 1);
    assert.ok(limitAt(seen, 40_000) >= 32);
  });
});
