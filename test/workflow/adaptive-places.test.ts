// Places that become more and fewer while they are used.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAdaptivePlaces } from '../../lib/workflow/adaptive-places.ts';

const given = (most: number) => {
  let now = 0;
  const adaptive = createAdaptivePlaces(most, () => now);
  const open: (() => void)[] = [];
  let atOnce = 0;
  const begin = (count: number) =>
    Array.from({ length: count }, () =>
      adaptive.places(async () => {
        atOnce++;
        await new Promise<void>((end) => void open.push(end));
        atOnce--;
      }),
    );
  const end = async (count: number): Promise<void> => {
    for (const one of open.splice(0, count)) one();
    await new Promise(setImmediate);
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { adaptive, begin, end, atOnce: () => atOnce, pass };
};

describe('adaptive places', () => {
  test('hold 16 at first; each that ends well makes room for itself and one more', async () => {
    const { begin, end, atOnce } = given(64);
    const all = begin(200);
    await end(0);
    assert.equal(atOnce(), 16);
    await end(16);
    assert.equal(atOnce(), 32);
    await end(32);
    assert.equal(atOnce(), 64);
    await end(64);
    assert.equal(atOnce(), 64);
    while (atOnce() > 0) await end(64);
    await Promise.all(all);
  });

  test('begin nothing more after "slow down" until enough have ended', async () => {
    const { adaptive, begin, end, atOnce } = given(16);
    const all = begin(40);
    await end(0);
    adaptive.throttled();
    assert.equal(adaptive.limit, 8);
    await end(5);
    assert.equal(atOnce(), 11, 'what is under way is not broken off');
    await end(3);
    assert.equal(atOnce(), 8);
    await end(3);
    assert.equal(atOnce(), 8);
    while (atOnce() > 0) await end(16);
    await Promise.all(all);
  });

  test('grow again when it is over, and take those who wait', async () => {
    const { adaptive, begin, end, atOnce, pass } = given(8);
    const all = begin(60);
    await end(0);
    for (const _ of [1, 2, 3]) {
      adaptive.throttled();
      pass(1_000);
    }
    await end(7);
    assert.equal(atOnce(), 4, 'half of the eight that went well before');
    await end(4);
    assert.equal(atOnce(), adaptive.limit);
    while (atOnce() > 0) await end(16);
    await Promise.all(all);
  });

  test('hand out what the work gave, and its error', async () => {
    const { adaptive } = given(2);
    assert.equal(await adaptive.places(async () => 'copied'), 'copied');
    await assert.rejects(
      adaptive.places(async () => {
        throw new RangeError('broken');
      }),
      RangeError,
    );
    assert.equal(await adaptive.places(async () => 'and goes on'), 'and goes on');
  });
});
