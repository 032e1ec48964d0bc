// A disk that is full while a migration starts: when there is room again, the same process frees the pair and tells the truth.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { cancelMigration } from '../../lib/workflow/cancel.ts';
import { readMigration } from '../../lib/workflow/record.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import {
  givenFolders,
  givenHost,
  givenPictures,
  pictures,
  request,
  whenItEnds,
} from '../support/embedded-migration.ts';

const ID = '20260131-120000-first1';

/** `room`: so many writes still fit. */
const given = async (t: TestContext, room: number) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(3));
  const host = await givenHost(folders);
  const { put } = host.records;
  let left = room;
  Object.assign(host.records, {
    put: async (...all: Parameters<typeof put>) => {
      if (left-- <= 0) throw new Error('database or disk is full');
      return put.apply(host.records, all);
    },
  });
  const start = (id?: string) => startMigration(request(folders, 'sync'), host, id === undefined ? {} : { id });
  await assert.rejects(start(ID), /full/);
  return {
    host,
    start,
    makeRoom: () => {
      left = Number.POSITIVE_INFINITY;
    },
    record: () => readMigration(host.records, ID),
    isStarted: async () => assert.equal((await whenItEnds(await start(), host)).report.status, 'done'),
  };
};

describe('a disk that is full while a migration starts', { timeout: 30_000 }, () => {
  test('after its lock was taken: the pair is free again', async (t) => {
    const { host, start, makeRoom, record, isStarted } = await given(t, 1);
    await host.settleLeft();
    assert.deepEqual(await start(), { kind: 'busy', id: ID });
    makeRoom();
    await host.settleLeft();
    await isStarted();
    assert.equal(await record(), undefined);
  });

  test('after its lock was taken, and that is started again under its id: nothing takes the pair from that one', async (t) => {
    const { host, start, makeRoom, record } = await given(t, 1);
    makeRoom();
    const again = await start(ID);
    await host.settleLeft();
    assert.equal((await whenItEnds(again, host)).report.status, 'done');
    assert.equal((await record())?.status, 'done');
  });

  for (const isCancelled of [false, true]) {
    test(`after its record was written${isCancelled ? ', and somebody cancels it' : ''}: it ends, and the pair is free`, async (t) => {
      const { host, makeRoom, record, isStarted } = await given(t, 2);
      await host.settleLeft();
      assert.equal((await record())?.status, 'running');
      makeRoom();
      if (isCancelled) await cancelMigration(ID, host);
      await host.settleLeft();
      const { status, cause } = (await record()) ?? {};
      assert.deepEqual({ status, cause }, { status: 'failed', cause: 'notStarted' });
      await isStarted();
    });
  }
});
