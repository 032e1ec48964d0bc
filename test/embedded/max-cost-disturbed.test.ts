// --max-cost where something breaks, hands on, comes late or asks for more: no more is spent, and what failed is called failed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changeMigration, listMigrations } from '../../lib/workflow/record.ts';
import { summarise } from '../../lib/workflow/steps/summarise.ts';
import { contentOf, counts, run } from '../support/embedded-migration.ts';
import { givenPriced } from '../support/priced-migration.ts';
import { errorReply } from '../support/scripted-s3.ts';

describe('with a limit that is far away', () => {
  test('a stream that was given up once is tried again, and nothing is called too expensive', async (t) => {
    const { service, host, keys, folders, asked } = await givenPriced(t, {
      ...{ count: 16, toFolder: true, content: (text) => text + 'x'.repeat(5_000) },
      options: { invocationMs: 2_000, limits: { shardEntries: 200, copiesPerShard: 16, handOnMs: 1_200 } },
    });
    let slow = 0;
    service.around = ({ method, path }, next) => {
      const isSlow = method === 'GET' && decodeURIComponent(path).endsWith(keys.at(-1)!) && slow++ === 0;
      return isSlow ? { ...next(), dripMs: 8_000 } : next();
    };
    const { report } = await run(host, asked({ maxCostUsd: 1_000 }));
    assert.equal(report.outcomes.notTried.count, 0, JSON.stringify(report.reasons));
    assert.equal(report.remaining?.count, 0);
    assert.equal(Object.keys(await contentOf(folders.destination)).length, 16);
  });
});

describe('with a limit that is met', () => {
  test('what failed is called failed, and only the rest not tried', async (t) => {
    const { service, host, asked } = await givenPriced(t);
    service.around = ({ method, path }, next) =>
      method === 'PUT' && /0[123]0000\.jpg$/.test(path) ? errorReply(403, 'AccessDenied') : next();
    const { report } = await run(host, asked({ maxCostUsd: 0.5 }));
    const { copied, failed, notTried } = report.outcomes;
    assert.ok(failed.count > 0 && copied.count > 0 && notTried.count > 0, JSON.stringify(counts(report.outcomes)));
    assert.deepEqual(report.reasons, { accessDenied: failed.count, budget: notTried.count });
    assert.equal(copied.count + failed.count + notTried.count, 200);
  });

  test('a Summarise that comes again while Copy runs, with other figures, changes nothing', async (t) => {
    const { service, host, destination, asked } = await givenPriced(t);
    let puts = 0;
    service.around = async ({ method }, next) => {
      if (method === 'PUT' && ++puts === 15) {
        const [{ id } = { id: '' }] = await listMigrations(host.records, { limit: 1 });
        await changeMigration(host.records, id, () => ({ planRequests: 101 }));
        await summarise({ migrationId: id, round: 1 }, host.stepContext());
      }
      return next();
    };
    const { report } = await run(host, asked({ maxCostUsd: 0.55 }));
    const { copied, notTried } = report.outcomes;
    assert.equal(copied.count, (await destination.keys()).size);
    assert.deepEqual(report.reasons, { budget: notTried.count });
    assert.equal(copied.count + notTried.count, 200);
  });

  test('looks at different ones are paid for, too', async (t) => {
    const { service, host, destination, keys, asked, spent } = await givenPriced(t, { count: 500 });
    for (const key of keys.slice(0, 400))
      await destination.put(key, 'edited there', { modifiedAt: Date.now() - 60_000 });
    const { report } = await run(host, asked({ maxCostUsd: 0.3, onDifferent: 'newer' }));
    // They were looked at before anything was known: nothing is left to copy with.
    assert.equal(report.outcomes.copied.count, 0);
    assert.ok(spent() < 0.4, `${spent()} USD`);
    assert.ok(service.seen.some(({ method }) => method === 'HEAD'));
  });

  test('a stream that breaks is paid for each time', async (t) => {
    const { service, host, asked } = await givenPriced(t, {
      count: 40,
      toFolder: true,
      perByte: 0.001,
      content: () => 'x'.repeat(1_000),
    });
    const tries = new Map<string, number>();
    let bytes = 0;
    service.around = ({ method, path, query }, next) => {
      const reply = next();
      if (method !== 'GET' || query.has('list-type')) return reply;
      tries.set(path, (tries.get(path) ?? 0) + 1);
      bytes += 1_000;
      return tries.get(path)! <= 3 ? { ...reply, cutAfter: 900 } : reply;
    };
    const { report } = await run(host, asked({ maxCostUsd: 20 }));
    assert.ok(bytes * 0.001 <= 20, `${bytes} bytes were read`);
    assert.ok((report.reasons.budget ?? 0) > 0);
  });
});

describe('going on from an earlier migration', () => {
  test('that itself went on from one: the comparison behind is kept back', async (t) => {
    const { service, host, asked, spent } = await givenPriced(t, { pageSize: 2 });
    const check = await run(host, asked({ maxCostUsd: 1.6 }, 'check'));
    service.around = ({ method }, next) => (method === 'PUT' ? errorReply(403, 'AccessDenied') : next());
    const refused = await run(host, { from: check.id, only: 'missing' });
    service.around = undefined;
    const before = spent();
    const { report } = await run(host, { from: refused.id, only: 'missing' });
    assert.ok(report.outcomes.copied.count > 0);
    assert.ok(spent() - before <= 1.6, `${spent() - before} USD`);
  });

  test('with nothing left to copy with: nothing is listed either', async (t) => {
    const { service, host, asked } = await givenPriced(t, { pageSize: 2 });
    const check = await run(host, asked({ maxCostUsd: 0.01 }, 'check'));
    const before = service.seen.length;
    const { report } = await run(host, { from: check.id, only: 'missing' });
    assert.deepEqual(counts(report.outcomes), { notTried: 200 });
    assert.ok(service.seen.length - before <= 3, `${service.seen.length - before} requests`);
    assert.equal(report.remaining?.count, 200);
  });
});
