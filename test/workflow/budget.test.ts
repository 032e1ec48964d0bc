// Shares of --max-cost: never more than there is, first things first, one charge an attempt.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LIST_PRICES } from '../../lib/stores/prices.ts';
import { allotted, isBeyondBudget, leftUsd, usdOfAttempt } from '../../lib/workflow/budget.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import type { CopyItem } from '../../lib/workflow/payloads.ts';
import { Spending } from '../../lib/workflow/spending.ts';
import { termsOf } from '../../lib/workflow/terms.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const store = { type: 's3', bucket: 'b', prefix: '', createOnly: 'native' } as const;

const terms = (lambda: boolean) =>
  termsOf(
    { mode: 'sync', source: store, destination: store, options: DEFAULT_OPTIONS },
    true,
    { prices: LIST_PRICES, ...(lambda && { lambda: { gigabytes: 1.73, region: 'us-east-1' } }) },
    DEFAULT_LIMITS,
  );

const item = (sizes: readonly number[], index: number): CopyItem => ({
  ...{ index, shards: [] },
  amount: { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) },
});

const sizes = fc.array(fc.oneof(fc.nat(5_000_000), fc.integer({ min: 5e9, max: 9e9 })), {
  minLength: 1,
  maxLength: 30,
});
const plan = fc.array(sizes, { minLength: 1, maxLength: 20 });

test('copying every item as far as its share reaches never costs more than there is', () => {
  fc.assert(
    fc.property(plan, fc.double({ min: 0, max: 0.02, noNaN: true }), fc.boolean(), (shapes, left, lambda) => {
      const of = terms(lambda);
      const items = allotted(shapes.map(item), left, of, 64);
      let spent = 0;
      for (const [index, { budgetUsd }] of items.entries()) {
        assert.ok(budgetUsd !== undefined);
        const spending = new Spending({ budgetUsd, chargedUsd: 0, usdOf: (size) => usdOfAttempt(of, size, 64) });
        for (const size of shapes[index]!) if (!spending.takes(size)) break;
        spent += spending.chargedUsd;
      }
      assert.ok(spent <= left * (1 + 1e-6), `${spent} of ${left}`);
    }),
  );
});

test('with enough for all, every item is copied whole', () => {
  fc.assert(
    fc.property(plan, fc.boolean(), (shapes, lambda) => {
      const of = terms(lambda);
      const items = allotted(shapes.map(item), 1_000, of, 64);
      for (const [index, { budgetUsd }] of items.entries()) {
        const spending = new Spending({
          ...{ budgetUsd: budgetUsd!, chargedUsd: 0 },
          usdOf: (size) => usdOfAttempt(of, size, 64),
        });
        assert.ok(shapes[index]!.every((size) => spending.takes(size)));
      }
    }),
  );
});

describe('in the order of the plan', () => {
  const ten = Array.from({ length: 10 }, () => 1_000_000);

  test('what comes first is paid first, the last one in part, the rest is not begun', () => {
    const items = allotted([ten, ten, ten].map(item), 15 * 0.000005, terms(false), 64);
    assert.deepEqual(items.map(isBeyondBudget), [false, false, true]);
    assert.ok(Math.abs(items[1]!.budgetUsd! - 5 * 0.000005) < 1e-12);
  });

  test('nothing is left: nothing is begun', () => {
    assert.ok(allotted([ten].map(item), -1, terms(false), 64).every(isBeyondBudget));
  });

  test('the comparison that follows is paid from the rest', () => {
    const left = leftUsd(1, 0.1, { pages: { source: 1_000, destination: 1_000 }, looks: 0 }, 50_000, terms(false));
    // 3,001 pages at 0.005 a thousand and 15 % more; 1 % is kept back.
    assert.ok(Math.abs(left - (0.99 - 0.1 - 3_001 * 0.000005 * 1.15)) < 1e-9, `${left}`);
  });
});
