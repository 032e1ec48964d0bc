// --max-cost: what is really asked of the stores never costs more, what was not tried says so, and more money copies the rest.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pricesWith } from '../../lib/stores/prices.ts';
import { counts, pictures, run } from '../support/embedded-migration.ts';
import { givenPriced } from '../support/priced-migration.ts';

describe('a migration that may cost so much', () => {
  for (const createOnly of ['native', 'headFirst'] as const) {
    for (const maxCostUsd of [0.001, 0.06, 0.1, 0.25, 0.5, 0.9, 1.2]) {
      test(`${maxCostUsd} USD, ${createOnly}: costs no more, and everything has an outcome`, async (t) => {
        const { host, asked, destination, spent } = await givenPriced(t, { createOnly });
        const { report } = await run(host, asked({ maxCostUsd }));
        assert.equal(report.status, 'done', report.message ?? '');
        const { copied, notTried } = report.outcomes;
        assert.equal((await destination.keys()).size, copied.count);
        assert.equal(report.remaining?.count, 200 - copied.count);
        // Every entry of the last copying round; what it copied is in no list of the round after.
        assert.equal(report.reasons.budget ?? 0, notTried.count);
        assert.ok(copied.count === 200 || notTried.count > 0);
        // Listing is what tells what there is to copy: where it costs more by itself, nothing is copied.
        if (copied.count > 0) assert.ok(spent() <= maxCostUsd, `${spent()} USD were spent`);
        if (maxCostUsd >= 0.5) assert.ok(spent() > maxCostUsd * 0.8 || copied.count === 200, `only ${spent()} USD`);
      });
    }
  }

  test('enough: copies everything, as without a limit', async (t) => {
    const { host, asked } = await givenPriced(t);
    const { report } = await run(host, asked({ maxCostUsd: 2 }));
    assert.deepEqual(counts(report.outcomes), { copied: 200 });
    assert.equal(report.remaining?.count, 0);
    assert.equal(report.rounds, 2);
  });

  test('the newest pictures are paid for first', async (t) => {
    const { host, asked, destination } = await givenPriced(t);
    await run(host, asked({ maxCostUsd: 0.5 }));
    const newest = Object.keys(pictures(200)).sort().reverse();
    const arrived = await destination.keys();
    const inOrder = newest.filter((key) => arrived.has(key));
    assert.deepEqual(inOrder, newest.slice(0, arrived.size));
  });

  test('the same command with more copies the rest, and so does --from with only what was not tried', async (t) => {
    const { host, asked, destination } = await givenPriced(t);
    const first = await run(host, asked({ maxCostUsd: 0.5 }));
    const copied = first.report.outcomes.copied.count;
    assert.ok(copied > 0 && copied < 200);
    const again = await run(host, { from: first.id, only: 'failed' });
    assert.equal(again.report.status, 'done', again.report.message ?? '');
    // It may cost as much again.
    const more = again.report.outcomes.copied.count;
    assert.ok(more > 0, JSON.stringify(counts(again.report.outcomes)));
    assert.equal((await destination.keys()).size, copied + more);
    const last = await run(host, asked({}));
    assert.deepEqual(counts(last.report.outcomes), { copied: 200 - copied - more });
    assert.equal(last.report.remaining?.count, 0);
  });

  test('a check with a limit finds everything; what is copied from it keeps to the limit', async (t) => {
    const { host, asked, destination, spent } = await givenPriced(t);
    const check = await run(host, asked({ maxCostUsd: 0.4 }, 'check'));
    assert.equal(check.report.remaining?.count, 200);
    const before = spent();
    const { report } = await run(host, { from: check.id, only: 'missing' });
    assert.ok(spent() - before <= 0.4, `${spent() - before} USD`);
    assert.ok(report.outcomes.copied.count > 0);
    assert.equal((await destination.keys()).size, report.outcomes.copied.count);
    assert.equal(report.outcomes.copied.count + report.outcomes.notTried.count, 200);
  });

  test('one item: stops in the middle of it', async (t) => {
    const { host, asked, spent } = await givenPriced(t, {
      options: { limits: { shardEntries: 5_000, copiesPerShard: 4 } },
    });
    const { report } = await run(host, asked({ maxCostUsd: 0.5 }));
    assert.ok(report.outcomes.copied.count > 20 && report.outcomes.copied.count < 100);
    assert.equal(report.outcomes.copied.count + report.outcomes.notTried.count, 200);
    assert.ok(spent() <= 0.5);
  });

  test('what costs nothing is not limited', async (t) => {
    const { host, asked } = await givenPriced(t, { options: { prices: pricesWith() } });
    const { report } = await run(host, asked({ maxCostUsd: 0.01 }));
    assert.deepEqual(counts(report.outcomes), { copied: 200 });
  });
});
