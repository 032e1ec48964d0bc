// What a killed serve left is settled by the next one: however many records there are, and living ones are left alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settleDead } from '../../lib/embedded/settle-dead.ts';
import { takeLock } from '../../lib/workflow/lock.ts';
import { type MigrationRecord, readMigration, type Status } from '../../lib/workflow/record.ts';
import { givenFolders, givenHost, request } from '../support/embedded-migration.ts';

describe('the start of serve', () => {
  test('settles every migration of a dead process, over many pages, also those of one millisecond', async (t) => {
    const folders = await givenFolders(t);
    const host = await givenHost(folders);
    const dead = { ...host, liveness: { mine: '999999/dead', isDead: async () => false } };
    const put = async (id: string, createdAt: string, status: Status, by: typeof host): Promise<void> => {
      const lock = await takeLock(by, `pair-${id}`, id, 1);
      assert.equal(lock.kind, 'taken');
      await host.records.put({
        ...{ pk: `migration#${id}`, sk: 'record', index: 'migrations', createdAt, version: 0, id, status },
        ...{ request: request(folders, 'check'), pair: `pair-${id}`, fencing: 1, rounds: [] },
      } satisfies MigrationRecord);
    };
    const ids = Array.from({ length: 25 }, (_, i) => `m${i}`);
    for (const [i, id] of ids.entries()) {
      const createdAt = new Date(Date.UTC(2026, 0, 1, 0, 0, 0, Math.floor(i / 5))).toISOString();
      await put(id, createdAt, i % 7 === 0 ? 'done' : i % 7 === 1 ? 'stopping' : 'running', dead);
    }
    await put('mine', '2025-12-31T00:00:00.000Z', 'running', host);
    await settleDead(host, new AbortController().signal, 6);
    for (const [i, id] of ids.entries()) {
      const record = await readMigration(host.records, id);
      assert.deepEqual(
        [id, record?.status, record?.cause],
        [id, ...(i % 7 === 0 ? ['done', undefined] : ['failed', 'killed'])],
      );
      if (i % 7 !== 0) assert.equal((await takeLock(host, `pair-${id}`, 'next', 1)).kind, 'taken');
    }
    assert.equal((await readMigration(host.records, 'mine'))?.status, 'running');
  });
  test('is not hindered by records that cannot be read: that is logged', async (t) => {
    const said: unknown[] = [];
    const host = await givenHost(await givenFolders(t), { log: (...all) => said.push(all) });
    const newest = () => Promise.reject(new Error('disk I/O error'));
    await settleDead({ ...host, records: { ...host.records, newest } }, new AbortController().signal);
    assert.deepEqual(said, [['migrations cannot be read', { message: 'disk I/O error' }]]);
  });
});
