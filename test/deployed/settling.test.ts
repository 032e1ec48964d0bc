// Which migrations Settle closes: the one an event names, and in a sweep those whose lease ran out.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settleEvent } from '../../lib/deployed/settling.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { endMigration } from '../../lib/workflow/end.ts';
import { holdsLock, pairOf, takeLock } from '../../lib/workflow/lock.ts';
import type { ExecutionStatus } from '../../lib/workflow/ports.ts';
import { type MigrationRecord, migrationPk, readMigration, type Status } from '../../lib/workflow/record.ts';
import type { SettleHost } from '../../lib/workflow/settle.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const LEASE_MS = 20 * 60_000;
const AT_ONCE = { oldestMs: 7 * 86_400_000, waitsMs: [] };

const given = async () => {
  let nowMs = NOW;
  const executions = new Map<string, ExecutionStatus>();
  const written: string[] = [];
  const files = new Map<string, string>();
  const write = (path: string, body: Buffer | string) => {
    written.push(path);
    files.set(path, String(body));
  };
  const announced: string[] = [];
  const logged: string[] = [];
  const counted: [metric: string, value: number][] = [];
  const host: SettleHost = {
    records: await openSqliteRecords(':memory:'),
    files: {
      read: async (path) => (files.has(path) ? Buffer.from(files.get(path) ?? '') : undefined),
      open: () => Promise.reject(new Error('no file')),
      write: async (path, body) => write(path, body),
      writeAll: async (path) => void written.push(path),
      has: async () => false,
      where: (path) => path,
    },
    executions: {
      start: async () => {},
      stop: async () => {},
      status: async (id) => executions.get(id) ?? 'unknown',
    },
    liveness: { mine: undefined, isDead: async () => false },
    log: (message) => void logged.push(message),
    count: (metric, value) => void counted.push([metric, value]),
    announce: async ({ id, status }) => void announced.push(`${id} ${status}`),
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
      ...(status === 'done' && { endedAt: new Date(nowMs).toISOString() }),
      fencing: lock.kind === 'taken' ? lock.fencing : 0,
      request: {
        mode: 'sync',
        source: { type: 's3', bucket: id, prefix: '', createOnly: 'native' },
        destination: { type: 's3', bucket: 'destination', prefix: '', createOnly: 'native' },
        options: DEFAULT_OPTIONS,
      },
    };
    await host.records.put(record);
    executions.set(id, execution);
  };
  const isLocked = (id: string) => holdsLock(host, pairOf(id, 'destination'), id);
  const statusOf = async (id: string) => (await readMigration(host.records, id))?.status;
  const pass = (ms: number) => (nowMs += ms);
  return { host, written, announced, logged, counted, migration, isLocked, statusOf, pass };
};

const told = (name: string, status = 'ABORTED') => ({ detail: { name, status } });

describe('settling', () => {
  test('closes the migration whose execution was stopped from outside', async () => {
    const { host, migration, statusOf, written } = await given();
    await migration('stopped', 'stopped');
    await migration('other', 'running');
    assert.deepEqual(await settleEvent(told('stopped'), host, AT_ONCE), ['stopped']);
    assert.equal(await statusOf('stopped'), 'failed');
    assert.equal(await statusOf('other'), 'running');
    assert.ok(written.includes('migrations/stopped/report.json'));
  });

  test('leaves alone what Finish or Fail have closed, and executions that are no migrations', async () => {
    const { host, migration, written, announced } = await given();
    await migration('done', 'succeeded', 'done');
    await endMigration('done', { status: 'done' }, host);
    for (const list of [written, announced]) list.length = 0;
    await settleEvent(told('done'), host, AT_ONCE);
    assert.deepEqual(await settleEvent(told('somebody-elses'), host, AT_ONCE), []);
    assert.deepEqual([...written, ...announced], []);
  });

  test('completes what whoever ended a migration left undone: its report, its lock, its announcement', async () => {
    for (const event of [told('done'), {}]) {
      const { host, migration, isLocked, written, announced, pass } = await given();
      await migration('done', 'succeeded', 'done');
      pass(1_000);
      assert.deepEqual(await settleEvent(event, host, AT_ONCE), ['done']);
      assert.equal(await isLocked('done'), false);
      assert.ok(written.includes('migrations/done/report.json'));
      assert.deepEqual(announced, ['done done']);
      assert.deepEqual(await settleEvent({}, host, AT_ONCE), []);
    }
  });

  test('a report that cannot be written keeps nobody from the pair, and is written when somebody looks again', async () => {
    const { host, migration, isLocked, statusOf, written, announced } = await given();
    await migration('stopped', 'stopped');
    const write = () => Promise.reject(new Error('the bucket says no'));
    const broken = { ...host, files: { ...host.files, write } };
    await assert.rejects(settleEvent(told('stopped'), broken, AT_ONCE), /the bucket says no/);
    assert.deepEqual([await statusOf('stopped'), await isLocked('stopped')], ['failed', false]);
    await settleEvent(told('stopped'), host, AT_ONCE);
    assert.deepEqual(written, ['migrations/stopped/report.json', 'migrations/stopped/report.html']);
    assert.deepEqual(announced, ['stopped failed']);
  });

  test('believes the event, where the service itself still calls the execution running', async () => {
    const { host, migration, statusOf } = await given();
    await migration('stopped', 'running');
    await settleEvent({ detail: { name: 'stopped' } }, host, AT_ONCE);
    assert.equal(await statusOf('stopped'), 'running');
    await settleEvent(told('stopped'), host, AT_ONCE);
    assert.equal(await statusOf('stopped'), 'failed');
  });

  test('says so where a migration ran longer than it may', async () => {
    const { host, migration } = await given();
    await migration('endless', 'timedOut');
    await settleEvent(told('endless', 'TIMED_OUT'), host, AT_ONCE);
    const { status, cause, message } = (await readMigration(host.records, 'endless')) ?? {};
    assert.deepEqual({ status, cause }, { status: 'failed', cause: 'stopped' });
    assert.match(message ?? '', /longer than a migration may/);
  });

  test('waits for tasks that are ending, as long as it may', async () => {
    const { host, migration, statusOf } = await given();
    await migration('cancelled', 'stopped');
    const task = { pk: migrationPk('cancelled'), sk: 'round#1#task#000000', commit: 1, done: false };
    await host.records.put({ ...task, openUntil: NOW + 60_000 });
    const waitsMs = [1, 1];
    assert.deepEqual(await settleEvent(told('cancelled'), host, { ...AT_ONCE, waitsMs }), []);
    assert.equal(await statusOf('cancelled'), 'stopping');
    assert.deepEqual(await settleEvent({}, host, AT_ONCE), []);
    const hurried = { ...AT_ONCE, waitsMs: [60_000], remainingMs: () => 60_000 };
    assert.deepEqual(await settleEvent(told('cancelled'), host, hurried), []);
    const settled = settleEvent(told('cancelled'), host, { ...AT_ONCE, waitsMs: [1, 200] });
    await host.records.put({ ...task, openUntil: 0 });
    assert.deepEqual(await settled, ['cancelled']);
  });

  test('an announcement that cannot be sent is logged; the migration has ended all the same', async () => {
    const { host, migration, isLocked, statusOf, logged } = await given();
    await migration('stopped', 'stopped');
    const announce = () => Promise.reject(new Error('the bus is full'));
    assert.deepEqual(await settleEvent(told('stopped'), { ...host, announce }, AT_ONCE), ['stopped']);
    assert.deepEqual([await statusOf('stopped'), await isLocked('stopped')], ['failed', false]);
    assert.ok(logged.includes('not announced'));
  });

  test('sees in a sweep which schedules were due and did not fire', async () => {
    const { host, logged, counted } = await given();
    const runs = [{ at: new Date(NOW - 3_600_000).toISOString(), outcome: 'started', migrationId: 'm' }];
    const schedule = (name: string, more: object) => ({
      ...{ pk: 'schedules', sk: name, name, expression: 'rate(1 hour)', timeZone: 'UTC', version: 0, runs: [] },
      ...{ createdAt: new Date(NOW - 3 * 3_600_000).toISOString(), request: {} },
      ...more,
    });
    await host.records.put(schedule('fires', { runs }));
    await settleEvent({}, host, AT_ONCE);
    await host.records.put(schedule('silent', {}));
    await settleEvent({}, host, AT_ONCE);
    assert.deepEqual(counted, [
      ['OverdueSchedules', 0],
      ['OverdueSchedules', 1],
    ]);
    assert.deepEqual(logged, ['schedule overdue']);
  });

  test('one that cannot be settled stops no other, and is told', async () => {
    const { host, migration, statusOf, pass } = await given();
    await migration('broken', 'stopped');
    await migration('fine', 'stopped');
    pass(LEASE_MS + 1);
    const write = async (path: string) => {
      if (path.includes('broken')) throw new Error('the bucket says no');
    };
    const breaking: SettleHost = { ...host, files: { ...host.files, write } };
    await assert.rejects(settleEvent({}, breaking, AT_ONCE), /the bucket says no/);
    assert.equal(await statusOf('fine'), 'failed');
  });

  test('sweeps up the ones whose event got lost, once their lease ran out', async () => {
    const { host, migration, statusOf, pass } = await given();
    await migration('lost', 'timedOut');
    await migration('alive', 'running');
    assert.deepEqual(await settleEvent({}, host, AT_ONCE), []);
    pass(LEASE_MS + 1);
    assert.deepEqual(await settleEvent({}, host, AT_ONCE), ['lost']);
    assert.equal(await statusOf('alive'), 'running');
  });

  test('a sweep writes the report that could not be written at the end, when the pair was free again', async () => {
    const { host, migration, isLocked, written } = await given();
    await migration('ended', 'stopped');
    const write = () => Promise.reject(new Error('the bucket says no'));
    const breaking: SettleHost = { ...host, files: { ...host.files, write } };
    await assert.rejects(settleEvent(told('ended'), breaking, AT_ONCE), /the bucket says no/);
    assert.deepEqual([await isLocked('ended'), written], [false, []]);
    await settleEvent({}, host, AT_ONCE);
    assert.deepEqual(written, ['migrations/ended/report.json', 'migrations/ended/report.html']);
  });

  test('sweeps through more migrations than one page holds', async () => {
    const { host, migration, pass } = await given();
    await migration('first', 'stopped');
    for (let i = 0; i < 230; i++) {
      pass(1);
      await migration(`done-${i}`, 'succeeded', 'done');
      await endMigration(`done-${i}`, { status: 'done' }, host);
    }
    pass(LEASE_MS + 1);
    assert.deepEqual(await settleEvent({}, host, AT_ONCE), ['first']);
  });
});
