// Going through all migrations: none is skipped or seen twice, however many began in one millisecond.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { allMigrations, migrationPk } from '../../lib/workflow/record.ts';

test('every migration is seen once, newest first, whatever the page and however many share a millisecond', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      async (times, pageSize) => {
        const records = await openSqliteRecords(':memory:');
        const createdAt = (time: number): string => new Date(Date.UTC(2026, 0, 1) + time).toISOString();
        for (const [i, time] of times.entries()) {
          const id = `m${i}`;
          await records.put({ pk: migrationPk(id), sk: 'record', index: 'migrations', createdAt: createdAt(time), id });
        }
        const seen: { readonly id: string; readonly createdAt: string }[] = [];
        for await (const record of allMigrations(records, pageSize)) seen.push(record);
        records.close();
        assert.deepEqual(seen.map(({ id }) => id).sort(), times.map((_, i) => `m${i}`).sort());
        const found = seen.map((record) => record.createdAt);
        assert.deepEqual(found, found.toSorted().reverse());
      },
    ),
    { numRuns: 50 },
  );
});
