// What a killed serve left is settled by the next one: however many records there are, and living ones are left alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EmbeddedHost } from '../../lib/embedded/host.ts';
import { settleDead } from '../../lib/embedded/settle-dead.ts';
import { takeLock } from '../../lib/workflow/lock.ts';
import { reportPath } from '../../lib/workflow/paths.ts';
import { type MigrationRecord, readMigration, type Status } from '../../lib/workflow/record.ts';
import { settleIfDead } from '../../lib/workflow/settle.ts';
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

describe('a migration whose process died after its record said how it ended', () => {
  for (const [what, leave] of [
    ['before its report said so', (host) => host.files.write(reportPath('m1'), '{"status":"running"}')],
    ['before it had a report', async () => {}],
  ] as readonly (readonly [string, (host: EmbeddedHost) => Promise<void>])[]) {
    test(`${what}: whoever looks gets the report, and the pair is free`, async (t) => {
      const folders = await givenFolders(t);
      const host = await givenHost(folders);
      const dead = { ...host, liveness: { mine: '999999999/0', isDead: async () => false } };
      await takeLock(dead, 'pair', 'm1', 1);
      const record: MigrationRecord = {
        ...{ pk: 'migration#m1', sk: 'record', index: 'migrations', createdAt: '2026-01-01T00:00:00.000Z', version: 0 },
        ...{ id: 'm1', status: 'failed', cause: 'SumsDisagree', endedAt: '2026-01-01T00:00:01.000Z' },
        ...{ request: request(folders, 'check'), pair: 'pair', fencing: 1, rounds: [] },
      };
      await host.records.put(record);
      // As a task that died leaves it.
      await host.records.put({ pk: 'migration#m1', sk: 'round#1#task#000000', openUntil: Number.MAX_SAFE_INTEGER });
      await leave(host);
      await settleIfDead(record, host);
      const report = JSON.parse(String(await host.files.read(reportPath('m1'))));
      assert.deepEqual([report.status, report.cause], ['failed', 'SumsDisagree']);
      assert.equal((await takeLock(host, 'pair', 'm2', 1)).kind, 'taken');
    });
  }

  test('on a disk that is full now: looking works all the same', async (t) => {
    const folders = await givenFolders(t);
    const host = await givenHost(folders);
    const record = {
      ...{ pk: 'migration#m1', sk: 'record', index: 'migrations', createdAt: '2026-01-01T00:00:00.000Z', version: 0 },
      ...{ id: 'm1', status: 'done', request: request(folders, 'check'), pair: 'pair', fencing: 1, rounds: [] },
    } satisfies MigrationRecord;
    const write = () => Promise.reject(new Error('ENOSPC'));
    assert.deepEqual(await settleIfDead(record, { ...host, files: { ...host.files, write } }), record);
  });
});
