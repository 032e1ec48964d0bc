// The lock of a pair: who may take it, who loses it, who may release it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { LockLost } from '../../lib/workflow/errors.ts';
import { type LockHost, pairOf, releaseLock, renewLock, takeLock } from '../../lib/workflow/lock.ts';

import type { Document, Records } from '../../lib/workflow/ports.ts';

const LEASE_MS = 1_000;

const given = async (mine: string | undefined = undefined) => {
  const dead = new Set<string>();
  let nowMs = 0;
  const records = await openSqliteRecords(':memory:');
  const host: LockHost = {
    records,
    liveness: { mine, isDead: async (holder) => dead.has(holder) },
    now: () => nowMs,
  };
  return { host, dead, pass: (ms: number) => (nowMs += ms) };
};

describe('the lock of a pair', () => {
  test('is the same whichever side is the source', () => {
    assert.equal(pairOf('s3://a/', '/b'), pairOf('/b', 's3://a/'));
    assert.notEqual(pairOf('s3://a/', '/b'), pairOf('s3://a/', '/c'));
  });

  test('is held by one migration, whose id the next one is told', async () => {
    const { host } = await given();
    assert.deepEqual(await takeLock(host, 'p', 'one', LEASE_MS), { kind: 'taken', fencing: 1 });
    assert.deepEqual(await takeLock(host, 'p', 'two', LEASE_MS), { kind: 'heldBy', migrationId: 'one' });
  });

  test('is taken by exactly one of many who try at once', async () => {
    const { host } = await given();
    const results = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => takeLock(host, 'p', id, LEASE_MS)));
    assert.equal(results.filter(({ kind }) => kind === 'taken').length, 1);
  });

  test('goes over when its lease ran out, with a higher number, and the former owner is refused', async () => {
    const { host, pass } = await given();
    await takeLock(host, 'p', 'one', LEASE_MS);
    pass(LEASE_MS + 1);
    assert.deepEqual(await takeLock(host, 'p', 'two', LEASE_MS), { kind: 'taken', fencing: 2, takenFrom: 'one' });
    await assert.rejects(renewLock(host, 'p', 'one', 1, LEASE_MS), LockLost);
    await releaseLock(host, 'p', 'one', 1);
    assert.equal((await takeLock(host, 'p', 'three', LEASE_MS)).kind, 'heldBy');
  });

  test('outlasts its lease by being renewed', async () => {
    const { host, pass } = await given();
    await takeLock(host, 'p', 'one', LEASE_MS);
    pass(LEASE_MS - 1);
    await renewLock(host, 'p', 'one', 1, LEASE_MS);
    pass(LEASE_MS - 1);
    assert.equal((await takeLock(host, 'p', 'two', LEASE_MS)).kind, 'heldBy');
  });

  test('of a living process never lapses, of a dead one goes over at once', async () => {
    const { host, dead, pass } = await given('process 1');
    await takeLock(host, 'p', 'one', LEASE_MS);
    pass(100 * LEASE_MS);
    assert.equal((await takeLock(host, 'p', 'two', LEASE_MS)).kind, 'heldBy');
    dead.add('process 1');
    assert.deepEqual(await takeLock(host, 'p', 'two', LEASE_MS), { kind: 'taken', fencing: 2, takenFrom: 'one' });
  });

  test('stays with its owner where that renews it while another one looks at its lapsed lease', async () => {
    const { host, pass } = await given();
    await takeLock(host, 'p', 'one', LEASE_MS);
    pass(LEASE_MS);
    let hasRenewed = false;
    const records: Records = {
      ...host.records,
      get: async <T extends Document>(pk: string, sk: string) => {
        const found = await host.records.get<T>(pk, sk);
        if (!hasRenewed) await renewLock(host, 'p', 'one', 1, LEASE_MS);
        hasRenewed = true;
        return found;
      },
      put: (document, expect) => host.records.put(document, expect),
    };
    assert.deepEqual(await takeLock({ ...host, records }, 'p', 'two', LEASE_MS), {
      kind: 'heldBy',
      migrationId: 'one',
    });
  });

  test('keeps the lease that a later invocation gave it, whenever an earlier one comes to renew it', async () => {
    const { host, pass } = await given();
    await takeLock(host, 'p', 'one', LEASE_MS);
    const earlier = { ...host, now: () => 0 };
    pass(LEASE_MS - 1);
    await renewLock(host, 'p', 'one', 1, LEASE_MS);
    await renewLock(earlier, 'p', 'one', 1, LEASE_MS);
    pass(2);
    assert.equal((await takeLock(host, 'p', 'two', LEASE_MS)).kind, 'heldBy');
  });

  test('is renewed by many at once', async () => {
    const { host, pass } = await given();
    await takeLock(host, 'p', 'one', LEASE_MS);
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => {
        const later = { ...host, now: () => i };
        return renewLock(later, 'p', 'one', 1, LEASE_MS);
      }),
    );
    pass(LEASE_MS + 48);
    assert.equal((await takeLock(host, 'p', 'two', LEASE_MS)).kind, 'heldBy');
    pass(1);
    assert.equal((await takeLock(host, 'p', 'two', LEASE_MS)).kind, 'taken');
  });

  test('once released is free for the next', async () => {
    const { host } = await given();
    await takeLock(host, 'p', 'one', LEASE_MS);
    await releaseLock(host, 'p', 'one', 1);
    assert.deepEqual(await takeLock(host, 'p', 'two', LEASE_MS), { kind: 'taken', fencing: 2 });
  });
});
