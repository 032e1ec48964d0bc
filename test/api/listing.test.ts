// Pages of migrations: whatever shares a time, each is shown exactly once, newest first.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Listing, listSummaries } from '../../lib/api/listing.ts';
import { isRefusal } from '../../lib/api/refusal.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { pairDocumentOf } from '../../lib/workflow/pair-index.ts';
import type { Document, Records } from '../../lib/workflow/ports.ts';
import { type MigrationRecord, migrationPk } from '../../lib/workflow/record.ts';
import type { SettleHost } from '../../lib/workflow/settle.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';
import { givenApi } from '../support/given-api.ts';

const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();

const put = async (records: Records, id: string, createdAt: string, source = '/old', destination = '/new') => {
  const record: MigrationRecord = {
    ...{ pk: migrationPk(id), sk: 'record', index: 'migrations', createdAt, version: 0, id, status: 'done' },
    request: {
      mode: 'check',
      source: { type: 'folder', path: source },
      destination: { type: 'folder', path: destination },
      options: DEFAULT_OPTIONS,
    },
    ...{ pair: 'p', fencing: 1, rounds: [] },
  };
  await records.put(record);
  await records.put(pairDocumentOf(record));
};

/** No database promises an order within one time, nor the same one twice. */
const withOddTies = (records: Records): Pick<Records, 'get' | 'newest'> => {
  let turn = 1;
  return {
    get: (pk, sk) => records.get(pk, sk),
    newest: async <T extends Document>(index: string, { limit, before }: { limit: number; before?: string }) => {
      const all = await records.newest<T>(index, { limit: 1_000, ...(before === undefined ? {} : { before }) });
      turn = -turn;
      const by = (one: T) => String(one.createdAt);
      const odd = (a: T, b: T) => (by(a) === by(b) ? turn * (a.pk < b.pk ? -1 : 1) : by(a) < by(b) ? 1 : -1);
      return all.sort(odd).slice(0, limit);
    },
  };
};

const allPages = async (next: (before?: string) => Promise<Listing>): Promise<string[][]> => {
  const pages: string[][] = [];
  for (let before: string | undefined; ; ) {
    const page = await next(before);
    pages.push(page.migrations.map(({ id }) => id));
    if (page.next === undefined) return pages;
    assert.ok(pages.length < 1_000, 'it goes on for ever');
    before = page.next;
  }
};

test('pages of any size show every migration once, newest first, however many began at the same time', async () => {
  const many = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(many, fc.integer({ min: 1, max: 10 }), fc.boolean(), async (times, limit, byPair) => {
      const records = await openSqliteRecords(':memory:');
      const host = {
        records: withOddTies(records),
        files: { where: (path: string) => path },
        liveness: {},
      } as unknown as SettleHost;
      const entries = times.map(([ms, there], i) => ({ id: `m${i}`, createdAt: at(ms), there }));
      for (const { id, createdAt, there } of entries)
        await put(records, id, createdAt, ...(there ? [] : ['/new', '/old']));
      const pair = {
        source: { type: 'folder', path: '/old' },
        destination: { type: 'folder', path: '/new' },
      } as const;
      const pages = await allPages(async (before) => {
        const options = { limit, ...(before === undefined ? {} : { before }), ...(byPair ? { pair } : {}) };
        const page = await listSummaries(host, options);
        assert.ok(!isRefusal(page));
        return page;
      });
      const wanted = entries.filter(({ there }) => !byPair || there);
      const shown = pages.flat();
      assert.deepEqual(shown.toSorted(), wanted.map(({ id }) => id).toSorted());
      const shownAt = shown.map((id) => entries.find((one) => one.id === id)?.createdAt ?? '');
      assert.deepEqual(shownAt, shownAt.toSorted().toReversed());
      for (const page of pages.slice(0, -1)) assert.equal(page.length, limit, 'only the last page may be short');
      records.close();
    }),
    { numRuns: 100 },
  );
});

describe('GET /migrations', () => {
  const page = async (call: Awaited<ReturnType<typeof givenApi>>['call'], query: string): Promise<Listing> =>
    (await call('GET', `/migrations${query}`)).json as Listing;

  test('pages by what the page before says, or from a time', async (t) => {
    const { call, host } = await givenApi(t);
    for (const i of [1, 2, 3, 4, 5]) await put(host.records, `m${i}`, at(i));
    const first = await page(call, '?limit=2');
    assert.deepEqual(
      first.migrations.map(({ id }) => id),
      ['m5', 'm4'],
    );
    const pages = await allPages((before) =>
      page(call, `?limit=2${before === undefined ? '' : `&before=${encodeURIComponent(before)}`}`),
    );
    assert.deepEqual(pages, [['m5', 'm4'], ['m3', 'm2'], ['m1']]);
    const earlier = await page(call, `?before=${encodeURIComponent(at(3).replace('Z', '+00:00'))}`);
    assert.deepEqual(
      earlier.migrations.map(({ id }) => id),
      ['m2', 'm1'],
    );
    assert.equal((await page(call, '')).migrations.length, 5);
  });

  test('by pair shows what went from that source to that destination, not what came back', async (t) => {
    const { call, start, ended } = await givenApi(t);
    const [there, back, other] = [
      { source: 'old', destination: 'new', mode: 'check' },
      { source: 'new', destination: 'old', mode: 'check' },
      { source: 'old', destination: 'spare', mode: 'check' },
    ];
    const ids: string[] = [];
    for (const body of [there, back, other, there]) {
      const id = await start(body);
      await ended(id);
      ids.push(id);
    }
    const shown = await page(call, '?source=old&destination=new');
    assert.deepEqual(shown.migrations.map(({ id }) => id).toSorted(), [ids[0], ids[3]].toSorted());
  });
});
