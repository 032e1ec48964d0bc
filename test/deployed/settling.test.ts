// Which migrations Settle closes: the one an event names, and in a sweep those whose lease ran out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settleEvent } from '../../lib/deployed/settling.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { pairOf, takeLock } from '../../lib/workflow/lock.ts';
import type { ExecutionStatus } from '../../lib/workflow/ports.ts';
import { type MigrationRecord, migrationPk, readMigration, type Status } from '../../lib/workflow/record.ts';
import type { SettleHost } from '../../lib/workflow/settle.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const LEASE_MS = 20 * 60_000;
const WEEK_MS = 7 * 86_400_000;

const given = async () => {
  let nowMs = NOW;
  const executions = new Map<string, ExecutionStatus>();
  const written: string[] = [];
  const host: SettleHost = {
    records: await openSqliteRecords(':memory:'),
    files: {
      read: async () => undefined,
      open: () => Promise.reject(new Error('no file')),
      write: async (path) => void written.push(path),
      writeAll: async (path) => void written.push(path),
      where: (path) => path,
    },
    executions: {
      start: async () => {},
      stop: async () => {},
      status: async (id) => executions.get(id) ?? 'unknown',
    },
    liveness: { mine: undefined, isDead: async () => false },
    now: () => nowMs,
    openStore: () => Promise.reject(new Error('no store')),
  };
  const migration = async (id: string, execution: ExecutionStatus, status: Status = 'running'): Promise<void> => {
    const pair = pairOf(id, 'destination');
    const lock = await takeLock(host, pair, id, LEASE_MS);
    assert.equal(lock.kind, 'taken');
    const record: MigrationRecord = {
      ...{ pk: migrationPk(id), sk: 'record', index: 'migrations', version: 0, id, pair, rounds: [], status },
      createdAt: new Date(nowMs).toISOString(),
      fencing: lock.kind === 'taken' ? lock.fencing : 0,
      request: {
        mode: 'sync',
        source: { type: 's3', bucket: id, prefix: '', createOnly: 'native' },
        destination: { type: 's3', bucket: 'destination', prefix: '', createOnly: 'native' },
        options: { include: [], exclude: [], checksum: false, onDifferent: 'keep', order: 'newest', tags: true },
      },
    };
    await host.records.put(record);
    executions.set(id, execution);
  };
  const statusOf = async (id: string) => (await readMigration(host.records, id))?.status;
  return { host, written, migration, statusOf, pass: (ms: number) => (nowMs += ms) };
};

const told = (name: string) => ({ detail: { name } });

describe('settling', () => {
  test('closes the migration whose execution was stopped from outside', async () => {
    const { host, migration, statusOf, written } = await given();
    await migration('stopped', 'stopped');
    await migration('other', 'running');
    assert.deepEqual(await settleEvent(told('stopped'), host, WEEK_MS), ['stopped']);
    assert.equal(await statusOf('stopped'), 'failed');
    assert.equal(await statusOf('other'), 'running');
    assert.deepEqual(written, ['migrations/stopped/report.json']);
  });

  test('leaves alone what Finish or Fail have closed, and executions that are no migrations', async () => {
    const { host, migration, written } = await given();
    await migration('done', 'succeeded', 'done');
    await settleEvent(told('done'), host, WEEK_MS);
    assert.deepEqual(await settleEvent(told('somebody-elses'), host, WEEK_MS), []);
    assert.deepEqual(written, []);
  });

  test('sweeps up the ones whose event got lost, once their lease ran out', async () => {
    const { host, migration, statusOf, pass } = await given();
    await migration('lost', 'timedOut');
    await migration('alive', 'running');
    assert.deepEqual(await settleEvent({}, host, WEEK_MS), []);
    pass(LEASE_MS + 1);
    assert.deepEqual(await settleEvent({}, host, WEEK_MS), ['lost']);
    assert.equal(await statusOf('alive'), 'running');
  });

  test('sweeps through more migrations than one page holds', async () => {
    const { host, migration, pass } = await given();
    await migration('first', 'stopped');
    for (let i = 0; i < 230; i++) {
      pass(1);
      await migration(`done-${i}`, 'succeeded', 'done');
    }
    pass(LEASE_MS + 1);
    assert.deepEqual(await settleEvent({}, host, WEEK_MS), ['first']);
  });
});
