// Start: one migration under one id, wherever an attempt breaks off and whoever repeats it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import { pairOf, renewLock, takeLock } from '../../lib/workflow/lock.ts';
import { pairIndexOf } from '../../lib/workflow/pair-index.ts';
import { requestPath } from '../../lib/workflow/paths.ts';
import type { Document, ExecutionStatus } from '../../lib/workflow/ports.ts';
import { type MigrationRecord, migrationPk, readMigration } from '../../lib/workflow/record.ts';
import type { MigrationRequest } from '../../lib/workflow/request.ts';
import { type StartHost, startFrom, startMigration } from '../../lib/workflow/start.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const REQUEST: MigrationRequest = {
  mode: 'sync',
  source: { type: 'folder', path: '/old' },
  destination: { type: 'folder', path: '/new' },
  options: DEFAULT_OPTIONS,
};
const ID = '20260131-120000-first1';
const PAIR = pairOf('/old', '/new');

/** One that dies says nothing more, whatever it is asked. */
class Died extends Error {
  override name = 'Died';
}

/** A deployment: nobody can tell whether a starter lives, executions know their names. */
const given = async () => {
  let nowMs = Date.parse('2026-01-31T12:00:00Z');
  const records = await openSqliteRecords(':memory:');
  const written = new Map<string, string>();
  const executions = new Map<string, ExecutionStatus>();
  let starts = 0;

  /** `dies`: before or after which effect, counted from 0, its process is gone. */
  const starter = (dies?: { readonly when: 'before' | 'after'; readonly effect: number }, starting?: () => void) => {
    let effects = 0;
    let dead = false;
    const effect = async <T>(run: () => Promise<T> | T): Promise<T> => {
      const at = effects++;
      if (dead || (dies?.when === 'before' && dies.effect === at)) {
        dead = true;
        throw new Died();
      }
      const result = await run();
      if (dies?.when === 'after' && dies.effect === at) {
        dead = true;
        throw new Died();
      }
      return result;
    };
    const read = async <T>(run: () => Promise<T>): Promise<T> => {
      if (dead) throw new Died();
      return run();
    };
    const host: StartHost = {
      records: {
        get: (pk, sk) => read(() => records.get(pk, sk)),
        put: (document, expect) => effect(() => records.put(document, expect)),
        remove: (pk, sk) => effect(() => records.remove(pk, sk)),
        list: (pk, prefix) => records.list(pk, prefix),
        newest: (index, options) => records.newest(index, options),
      },
      files: {
        read: async (path) => (written.has(path) ? Buffer.from(written.get(path) ?? '') : undefined),
        has: async (path) => written.has(path),
        open: () => Promise.reject(new Error('no file')),
        write: (path, body) => effect(() => void written.set(path, String(body))),
        writeAll: () => Promise.reject(new Error('no list')),
        where: (path) => path,
      },
      executions: {
        start: (id) =>
          effect(() => {
            starting?.();
            starts += executions.has(id) ? 0 : 1;
            executions.set(id, executions.get(id) ?? 'running');
          }),
        stop: async () => {},
        status: async (id) => executions.get(id) ?? 'unknown',
      },
      liveness: { mine: undefined, isDead: async () => false },
      log: () => {},
      count: () => {},
      announce: async () => {},
      limits: DEFAULT_LIMITS,
      now: () => nowMs,
      openStore: () => Promise.reject(new Error('no store')),
    };
    return { host, effects: () => effects };
  };

  const record = () => readMigration(records, ID) as Promise<MigrationRecord>;
  return { records, written, executions, starter, record, starts: () => starts, pass: (ms: number) => (nowMs += ms) };
};

const isWhole = async ({ records, written, executions, record, starts }: Awaited<ReturnType<typeof given>>) => {
  const { status, fencing } = await record();
  assert.equal(status, 'running');
  assert.equal(starts(), 1, 'one execution');
  assert.equal(executions.get(ID), 'running');
  assert.deepEqual(JSON.parse(written.get(requestPath(ID)) ?? ''), REQUEST);
  assert.equal((await records.newest('migrations', { limit: 9 })).length, 1);
  assert.equal((await records.newest(pairIndexOf('/old', '/new'), { limit: 9 })).length, 1);
  const now = { records, liveness: { mine: undefined, isDead: async () => false }, now: () => 0 };
  // What every invocation does first: refused, the migration would be lost.
  await renewLock(now, PAIR, ID, fencing, 1_000);
};

describe('a start under a given id', () => {
  test('is whole', async () => {
    const one = await given();
    assert.deepEqual(await startMigration(REQUEST, one.starter().host, { id: ID }), { kind: 'started', id: ID });
    await isWhole(one);
  });

  test('repeated any number of times, at once or later, is one start', async () => {
    const one = await given();
    const all = await Promise.all(
      Array.from({ length: 5 }, () => startMigration(REQUEST, one.starter().host, { id: ID })),
    );
    all.push(await startMigration(REQUEST, one.starter().host, { id: ID }));
    for (const result of all) assert.deepEqual(result, { kind: 'started', id: ID });
    await isWhole(one);
  });

  test('whose process died anywhere is completed by its repetition', async () => {
    const { starter } = await given();
    const healthy = starter();
    await startMigration(REQUEST, healthy.host, { id: ID });
    assert.ok(healthy.effects() >= 5, 'lock, record, pair, request, execution');
    for (const when of ['before', 'after'] as const) {
      for (let effect = 0; effect < healthy.effects(); effect++) {
        const one = await given();
        await assert.rejects(startMigration(REQUEST, one.starter({ when, effect }).host, { id: ID }), Died);
        const again = await startMigration(REQUEST, one.starter().host, { id: ID });
        assert.deepEqual(again, { kind: 'started', id: ID }, `${when} ${effect}`);
        await isWhole(one);
      }
    }
  });

  test('whose process died before its record stood keeps the pair for a minute, and is no migration', async () => {
    const one = await given();
    await assert.rejects(startMigration(REQUEST, one.starter({ when: 'after', effect: 0 }).host, { id: ID }), Died);
    const other = { id: '20260131-120001-other1' };
    one.pass(60_000);
    const busy = await startMigration(REQUEST, one.starter().host, other);
    assert.deepEqual(busy, { kind: 'busy', id: ID }, 'it may be slow');
    one.pass(1);
    assert.deepEqual(await startMigration(REQUEST, one.starter().host, other), { kind: 'started', ...other });
    assert.equal(await one.record(), undefined);
    assert.deepEqual(await startMigration(REQUEST, one.starter().host, { id: ID }), { kind: 'busy', ...other });
  });

  test('that was only slow, for more than a minute, finds the pair taken over and touches nothing', async () => {
    const one = await given();
    const { host } = one.starter();
    const put: StartHost['records']['put'] = async (document, expect) => {
      if (document.sk === 'record') {
        one.pass(60_001);
        assert.equal((await startMigration(REQUEST, one.starter().host)).kind, 'started');
      }
      return host.records.put(document, expect);
    };
    await startMigration(REQUEST, { ...host, records: { ...host.records, put } }, { id: ID });
    // The first thing that its execution does.
    const { fencing } = await one.record();
    await assert.rejects(renewLock(host, PAIR, ID, fencing, 1_000), { name: 'LockLost' });
  });

  test('stands in the records before whoever held the lock until then is settled', async () => {
    const one = await given();
    const former = { id: '20260131-110000-former' };
    await startMigration(REQUEST, one.starter().host, former);
    one.executions.set(former.id, 'stopped');
    one.pass(DEFAULT_LIMITS.leaseMs + 1);
    await assert.rejects(startMigration(REQUEST, one.starter({ when: 'after', effect: 1 }).host, { id: ID }), Died);
    assert.equal((await one.record()).status, 'running');
    assert.equal((await readMigration(one.records, former.id))?.status, 'running');
  });

  test('of a migration that has ended starts nothing and leaves the pair free', async () => {
    const one = await given();
    const { host } = one.starter();
    await startMigration(REQUEST, host, { id: ID });
    await one.records.put({ ...(await one.record()), status: 'done' });
    one.executions.delete(ID);
    await one.records.put({
      pk: `lock#${PAIR}`,
      sk: 'lock',
      migrationId: null,
      fencing: 1,
      leaseUntil: 0,
      holder: null,
    });
    assert.equal((await startMigration(REQUEST, host, { id: ID })).kind, 'started');
    assert.equal(one.executions.has(ID), false);
    assert.equal((await startMigration(REQUEST, host)).kind, 'started', 'another one');
  });

  test('that was overtaken by a whole migration of that id gives the pair back', async () => {
    const one = await given();
    const { host } = one.starter();
    await one.records.put({ pk: migrationPk(ID), sk: 'record', id: ID, status: 'done', fencing: 1, version: 1 });
    let looked = false;
    // It looked before the other one began.
    const get: StartHost['records']['get'] = async (pk, sk) => {
      if (sk !== 'record' || looked) return host.records.get(pk, sk);
      looked = true;
      return undefined;
    };
    const late = { ...host, records: { ...host.records, get } };
    assert.deepEqual(await startMigration(REQUEST, late, { id: ID }), { kind: 'started', id: ID });
    assert.equal(one.starts(), 0);
    assert.equal((await startMigration(REQUEST, host)).kind, 'started', 'the pair is free');
  });

  test('does not end a migration that runs when the repetition fails', async () => {
    const one = await given();
    await startMigration(REQUEST, one.starter().host, { id: ID });
    one.executions.delete(ID);
    const unlucky = one.starter(undefined, () => {
      throw new Error('throttled');
    });
    await assert.rejects(startMigration(REQUEST, unlucky.host, { id: ID }), /throttled/);
    assert.equal((await one.record()).status, 'running');
  });
});

describe('a start that fails', () => {
  test('after its record stood ends it as failed(notStarted), tells nothing of the inside, and frees the pair', async () => {
    const one = await given();
    const unlucky = one.starter(undefined, () => {
      throw new Error('arn:aws:states:secret');
    });
    await assert.rejects(startMigration(REQUEST, unlucky.host, { id: ID }), /arn:aws/);
    const { status, cause, message, endedAt } = await one.record();
    assert.deepEqual({ status, cause }, { status: 'failed', cause: 'notStarted' });
    assert.ok(endedAt !== undefined);
    assert.match(message ?? '', /could not be started/);
    assert.doesNotMatch(message ?? '', /arn/);
    assert.equal((await startMigration(REQUEST, one.starter().host)).kind, 'started');
  });

  test('leaves alone what another attempt has written meanwhile', async () => {
    const one = await given();
    const { host } = one.starter();
    const put: StartHost['records']['put'] = async (document, expect) => {
      if (document.sk !== 'record') return host.records.put(document, expect);
      await startMigration(REQUEST, one.starter().host, { id: ID });
      throw new Error('throttled');
    };
    await assert.rejects(
      startMigration(REQUEST, { ...host, records: { ...host.records, put } }, { id: ID }),
      /throttled/,
    );
    await isWhole(one);
  });

  test('before its record stood frees the pair and leaves no record', async () => {
    const one = await given();
    const { host } = one.starter();
    const put: StartHost['records']['put'] = async (document, expect) => {
      if (document.sk === 'record') throw new Error('no room');
      return host.records.put(document, expect);
    };
    const unlucky = { ...host, records: { ...host.records, put } };
    await assert.rejects(startMigration(REQUEST, unlucky, { id: ID }), /no room/);
    assert.equal(await one.records.get(migrationPk(ID), 'record'), undefined);
    assert.equal((await startMigration(REQUEST, host)).kind, 'started');
  });
});

describe('embedded, a start under a given id', () => {
  test('that another living process has begun is left to it', async () => {
    const one = await given();
    const { host } = one.starter();
    const first = { ...host, liveness: { mine: 'first', isDead: async () => false } };
    await takeLock(first, PAIR, ID, 1_000);
    const second = { ...host, liveness: { mine: 'second', isDead: async () => false } };
    assert.deepEqual(await startMigration(REQUEST, second, { id: ID }), { kind: 'started', id: ID });
    assert.equal(await one.record(), undefined);
    assert.equal(one.starts(), 0);
  });

  test('whose process is dead is taken over by exactly one of two, which then holds the lock', async () => {
    const one = await given();
    const { host } = one.starter();
    await takeLock({ ...host, liveness: { mine: 'dead', isDead: async () => false } }, PAIR, ID, 1_000);
    const started: string[] = [];
    const living = ['a', 'b', 'c'].map((mine) => ({
      ...one.starter(undefined, () => void started.push(mine)).host,
      liveness: { mine, isDead: async (holder: string) => holder === 'dead' },
    }));
    await Promise.all(living.map((process) => startMigration(REQUEST, process, { id: ID })));
    assert.equal(started.length, 1);
    assert.equal((await one.records.get<LockDocument>(`lock#${PAIR}`, 'lock'))?.holder, started[0]);
    assert.equal((await one.record()).fencing, 1, 'the number that the lock had');
  });
});

interface LockDocument extends Document {
  readonly holder: string | null;
}

test('going on from an earlier migration uses the stores that the caller knows, or is refused before anything is told', async () => {
  const one = await given();
  const { host } = one.starter();
  await startMigration(REQUEST, host, { id: ID });
  const from = { from: ID, only: 'missing' } as const;
  const foreign = await startFrom(from, host, { storesOf: () => ({ refusal: 'not yours' }) });
  assert.deepEqual(foreign, { kind: 'refused', status: 403, message: 'not yours' });
  const own = await startFrom(from, host);
  assert.equal(own.kind === 'refused' && own.status, 409, 'it has not ended');
});
