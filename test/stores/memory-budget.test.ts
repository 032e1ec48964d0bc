// The budget of bytes in memory is kept, in turn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { createMemoryBudget } from '../../lib/stores/memory-budget.ts';

test('whoever does not fit waits for its turn, and nobody overtakes', async () => {
  const budget = createMemoryBudget(10);
  const order: string[] = [];
  const take = async (name: string, bytes: number) => {
    const release = await budget.take(bytes);
    order.push(name);
    return release;
  };
  const first = await take('first', 6);
  const large = take('large', 8);
  const small = take('small', 1);
  await turn();
  assert.deepEqual(order, ['first']);
  first();
  (await large)();
  (await small)();
  assert.deepEqual(order, ['first', 'large', 'small']);
});

test('what is larger than the whole budget passes alone', async () => {
  const budget = createMemoryBudget(10);
  const release = await budget.take(4);
  let passed = false;
  const huge = budget.take(1_000).then((give) => {
    passed = true;
    return give;
  });
  await turn();
  assert.equal(passed, false);
  release();
  const give = await huge;
  let next = false;
  void budget.take(1).then(() => {
    next = true;
  });
  await turn();
  assert.equal(next, false);
  give();
  await turn();
  assert.equal(next, true);
});

test('giving back twice frees nothing twice', async () => {
  const budget = createMemoryBudget(10);
  const release = await budget.take(10);
  release();
  release();
  await budget.take(10);
  let passed = false;
  void budget.take(1).then(() => {
    passed = true;
  });
  await turn();
  assert.equal(passed, false);
});

test('the budget is never exceeded and everybody gets through', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }), async (requests) => {
      const budget = createMemoryBudget(20);
      let held = 0;
      await Promise.all(
        requests.map(async (bytes) => {
          const release = await budget.take(bytes);
          held += Math.min(bytes, 20);
          assert.ok(held <= 20);
          await turn();
          held -= Math.min(bytes, 20);
          release();
        }),
      );
      assert.equal(held, 0);
    }),
    { numRuns: 50 },
  );
});
