// What Plan finds to cut at: all folders that its requests show, shared out over a level, and no more requests than it has.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import pLimit from 'p-limit';
import { compareKeys } from '../../lib/compare/key.ts';
import { contains } from '../../lib/compare/range.ts';
import { discoverBoundaries, rangesAt } from '../../lib/workflow/boundaries.ts';
import { DEFAULT_LIMITS, type Limits } from '../../lib/workflow/limits.ts';

const PAGE = 1_000;
const named = (name: string, count: number, below = ''): string[] =>
  Array.from({ length: count }, (_, i) => `${below}${name}${100_000 + i}/`);

/** Answers as a bucket does: a thousand folders a request. */
const look = async (folders: (prefix: string) => readonly string[], limits: Partial<Limits> = {}) => {
  let requests = 0;
  const side = {
    prefixesBelow: async (prefix: string, maxRequests: number) => {
      const all = folders(prefix);
      const its = Math.min(maxRequests, Math.max(1, Math.ceil(all.length / PAGE)));
      requests += its;
      return { prefixes: all.slice(0, its * PAGE), requests: its };
    },
  };
  const none = { prefixesBelow: async () => ({ prefixes: [], requests: 1 }) };
  const context = { limits: { ...DEFAULT_LIMITS, ...limits }, listPlaces: pLimit(4), goOn: async () => {} };
  const { boundaries } = await discoverBoundaries(side, none, context);
  return { boundaries, requests };
};

describe('Plan finds', () => {
  test('17,153 folders side by side', async () => {
    const cameras = named('cam', 17_153);
    const { boundaries, requests } = await look((prefix) => (prefix === '' ? cameras : []));
    assert.deepEqual(boundaries, cameras);
    assert.equal(requests, 18);
  });

  test('thousands of folders in each of some', async () => {
    const clients = named('client', 20);
    const { boundaries } = await look((prefix) => (prefix === '' ? clients : named('cam', 2_500, prefix)));
    assert.equal(boundaries.length, 20 * 2_500);
  });

  test('what it may, where there is more: the rest of a level stays whole', async () => {
    for (const planRequests of [0, 2, 20, 60, 400]) {
      const clients = named('client', 150);
      const folders = (prefix: string) => (prefix === '' ? clients : named('cam', 5_000, prefix));
      const { boundaries, requests } = await look(folders, { planRequests });
      assert.ok(requests <= planRequests / 2, `${requests} of ${planRequests / 2}`);
      const whole = clients.filter((client) => !boundaries.some((one) => one.startsWith(client)));
      assert.equal(whole.length, planRequests === 0 ? 150 : 0);
    }
  });
});

describe('ranges at them', () => {
  const wanted = { ...DEFAULT_LIMITS, planRangesWanted: 5 };

  test('are at most twice as many as wanted, neighbours together, as many in each as can be', () => {
    for (const count of [0, 4, 9, 10, 11, 500, 6_205]) {
      const boundaries = named('day', count);
      const ranges = rangesAt(boundaries, wanted);
      assert.equal(ranges.length, Math.min(10, count + 1));
      const ends = ranges.map(({ upTo }) => (upTo === null ? count : boundaries.indexOf(upTo)));
      const held = ends.map((end, i) => end - (ends[i - 1] ?? -1));
      assert.ok(Math.max(...held) - Math.min(...held) <= 1, held.join(' '));
    }
  });

  test('hold every key once, loose ones too', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '\uffff', '📷'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 60 }), key, (some, one) => {
        const ranges = rangesAt(some.sort(compareKeys), wanted);
        assert.equal(ranges.filter((range) => contains(range, one)).length, 1);
      }),
    );
  });
});
