// A process that runs migrations for months forgets those that have ended.
import assert from 'node:assert/strict';
import { mkdir, rename } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { queryObjects } from 'node:v8';
import pLimit from 'p-limit';
import { createExecutions } from '../../lib/embedded/executions.ts';
import type { Interpreter } from '../../lib/embedded/interpreter.ts';
import { loadLibrary } from '../../lib/embedded/load-stepfunctions.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { createWorkplaces } from '../../lib/embedded/workplaces.ts';
import { RootFolder } from '../../lib/stores/folder/root.ts';
import { givenFolders, givenHost, givenPictures, pictures, request, run } from '../support/embedded-migration.ts';

describe('one process after another migration', () => {
  test('keeps nothing of those before it: no state machine, no opened store', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(5));
    const host = await givenHost(folders);
    const { StateMachine } = await loadLibrary();
    for (let i = 0; i < 20; i++) await run(host, request(folders, 'check'));
    const kept = [StateMachine, RootFolder].map((of) => queryObjects(of, { format: 'count' }));
    // What the last one held may still be on its way out.
    assert.ok(
      kept.every((count) => count < 10),
      `${kept} of 20 migrations`,
    );
  });

  test('knows for a while how it ended, and not for ever', async () => {
    const end = Promise.resolve({ status: 'succeeded', output: {} } as const);
    const interpreter: Interpreter = { start: () => ({ end, settled: Promise.resolve(), stop: () => {} }) };
    const executions = createExecutions(async () => interpreter);
    for (let i = 0; i < 1_500; i++) {
      await executions.start(`m${i}`);
      await executions.finished(`m${i}`);
    }
    assert.deepEqual(executions.running(), []);
    assert.equal(await executions.status('m1499'), 'succeeded');
    assert.equal(await executions.status('m0'), 'unknown');
  });
});

describe('a migration’s own place', () => {
  const given = async (concurrency?: number) => {
    const records = await openSqliteRecords(':memory:');
    const destination = { type: 's3', bucket: 'new', prefix: '', createOnly: 'native' };
    const request = { options: { concurrency }, source: { type: 'folder', path: '/old' }, destination };
    await records.put({ pk: 'migration#m', sk: 'record', request } as never);
    const shared = pLimit(8);
    const workplaces = createWorkplaces(records, shared);
    return { workplaces, shared, close: () => records.close() };
  };
  const mostAtOnce = async (places: (work: () => Promise<void>) => Promise<void>): Promise<number> => {
    let now = 0;
    let most = 0;
    const copy = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
    };
    await Promise.all(Array.from({ length: 40 }, () => places(copy)));
    return most;
  };

  for (const [asked, most] of [
    [undefined, 8],
    [3, 3],
    [20, 8],
  ] as const) {
    test(`copies ${most} at once where ${asked ?? 'nothing'} was asked for and the process copies 8`, async () => {
      const { workplaces, close } = await given(asked);
      const { copyPlaces } = await workplaces.of('m');
      assert.equal((await workplaces.of('m')).copyPlaces, copyPlaces, 'all of its tasks share it');
      assert.equal(await mostAtOnce(copyPlaces), most);
      await workplaces.leave('m');
      await workplaces.leave('m');
      close();
    });
  }

  test('waits for its own turn without keeping others from theirs', async () => {
    const { workplaces, shared, close } = await given(1);
    const { copyPlaces } = await workplaces.of('m');
    const gate = Promise.withResolvers<void>();
    const waiting = Promise.all(Array.from({ length: 20 }, () => copyPlaces(() => gate.promise)));
    await new Promise(setImmediate);
    assert.equal(shared.activeCount, 1);
    assert.equal(shared.pendingCount, 0);
    gate.resolve();
    await waiting;
    close();
  });

  test('opens stores afresh: a folder that was put in another’s place is no riddle to the next migration', async (t) => {
    const folders = await givenFolders(t);
    const host = await givenHost(folders);
    await givenPictures(folders.source, pictures(2));
    assert.equal((await run(host, request(folders, 'sync'))).report.status, 'done');
    await rename(folders.destination, `${folders.destination}-away`);
    await mkdir(folders.destination);
    const { report } = await run(host, request(folders, 'sync'));
    assert.equal(report.status, 'done', report.message ?? '');
    assert.equal(report.outcomes.copied.count, 2);
  });
});
