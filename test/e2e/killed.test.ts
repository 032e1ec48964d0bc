// kill -9 in the middle of the work, a second command beside the first, Ctrl-C: nothing half-written, nothing locked for good.
import assert from 'node:assert/strict';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { type MigrationProgress, readProgress } from '../../lib/workflow/progress.ts';
import { listMigrations, type MigrationRecord } from '../../lib/workflow/record.ts';
import { contentOf, type Folders, givenFolders, givenPictures } from '../support/embedded-migration.ts';
import { outcomeCounts, picferry, type Running, resultIn, startPicferry } from '../support/picferry.ts';

const sync = ({ source, destination, stateDir }: Folders) =>
  ['sync', source, destination, '--state-dir', stateDir, '--json', '--min-age', '0'] as const;

/** Waits for the newest migration to be where the test wants it; fails if it ended before. */
const until = async (
  running: Running,
  { stateDir }: Folders,
  there: (progress: MigrationProgress) => boolean | Promise<boolean>,
): Promise<MigrationRecord> => {
  while (running.process.exitCode === null) {
    const file = join(stateDir, 'records.sqlite');
    if (await stat(file).catch(() => undefined)) {
      const records = await openSqliteRecords(file);
      try {
        const [record] = await listMigrations(records, { limit: 1 });
        if (record?.status === 'running' && (await there(await readProgress({ records }, record.id)))) return record;
      } finally {
        records.close();
      }
    }
    await sleep(5);
  }
  throw new Error(`It ended too early: ${JSON.stringify(await running.ended)}`);
};

/** Thousands of pictures take some seconds: whatever comes meanwhile comes in the middle. */
const slowly = (folders: Folders): string[] => [...sync(folders), '--bwlimit', '8M'];

const many = (count: number, size: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `cam${i % 4}/pictures/2026010${i % 9}/${i}.jpg`,
      `${String(i).padStart(8, '0')}${'x'.repeat(size)}`,
    ]),
  );

const filesIn = async (folder: string): Promise<number> =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).length;

const kill = async ({ process, ended }: Running): Promise<void> => {
  process.kill('SIGKILL');
  assert.equal((await ended).signal, 'SIGKILL');
};

describe('the same command after kill -9', () => {
  test('in the middle of copying completes; no half-written picture was ever under its name', async (t) => {
    const folders = await givenFolders(t);
    const all = many(3_000, 20_000);
    await givenPictures(folders.source, all);
    const first = startPicferry(slowly(folders));
    const killed = await until(first, folders, async () => (await filesIn(folders.destination)) > 300);
    await kill(first);
    const half = await contentOf(folders.destination);
    const broken = Object.entries(half).filter(
      ([key, content]) => !key.startsWith('.picferry') && content !== all[key],
    );
    assert.deepEqual(
      broken.map(([key]) => key),
      [],
    );
    assert.ok(Object.keys(half).length < 3_000, 'it was killed in the middle');

    const list = await picferry(['list', '--state-dir', folders.stateDir]);
    assert.match(list.stdout, new RegExp(`${killed.id} +failed`), 'whoever looks is told at once');

    const again = await picferry(sync(folders));
    const result = resultIn(again);
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(await contentOf(folders.destination), all);
    const { copied = 0 } = outcomeCounts(result);
    assert.equal(copied, result.findings.missingOnDestination?.source.count);
    assert.equal(copied + (result.findings.shared?.source.count ?? 0), 3_000, 'sums balance');

    const shown = await picferry(['show', killed.id, '--state-dir', folders.stateDir, '--json']);
    const record = resultIn(shown);
    assert.equal(record.status, 'failed');
    assert.equal(record.cause, 'killed');
    assert.equal(
      Object.values(record.outcomes).reduce((sum, { count }) => sum + count, 0),
      3_000,
      'every entry of the killed migration’s copy list has one outcome',
    );
  });

  test('in the middle of listing completes', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, many(60, 10));
    // Empty files are listed like any others, and 20,000 of them take long enough to be caught in the middle.
    for (let i = 0; i < 20_000; i++) {
      if (i % 1_000 === 0) await givenPictures(folders.source, { [`many/${i}/0.jpg`]: '' });
      await (await open(join(folders.source, `many/${Math.floor(i / 1_000) * 1_000}/${i}.jpg`), 'a')).close();
    }
    const first = startPicferry(slowly(folders));
    const killed = await until(first, folders, ({ phase }) => phase === 'listing');
    await kill(first);
    assert.equal(await filesIn(folders.destination), 0);
    const again = await picferry(sync(folders));
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(resultIn(again).remaining, { count: 0, bytes: 0 });
    assert.equal(await filesIn(folders.destination), await filesIn(folders.source));
    const shown = resultIn(await picferry(['show', killed.id, '--state-dir', folders.stateDir, '--json']));
    assert.equal(shown.status, 'failed');
    assert.equal(
      shown.findings.missingOnDestination?.source.count,
      null,
      'what was not compared to the end is not known',
    );
  });
});

describe('while one runs', () => {
  test('a second command on the same pair is refused with the running id, in either direction', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, many(3_000, 20_000));
    const first = startPicferry(slowly(folders));
    const { id } = await until(first, folders, () => true);
    const list = await picferry(['list', '--state-dir', folders.stateDir]);
    assert.match(list.stdout, new RegExp(`${id} +running`), 'looking at a living one changes nothing');
    const { source, destination, stateDir } = folders;
    for (const pair of [
      [source, destination],
      [destination, source],
    ] as const) {
      const second = await picferry(['sync', ...pair, '--state-dir', stateDir]);
      assert.equal(second.code, 3, second.stderr);
      assert.match(second.stderr, new RegExp(id));
    }
    assert.equal((await first.ended).code, 0);
  });

  test('Ctrl-C cancels it: what was copied stays counted, and the next command starts', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, many(4_000, 20_000));
    const first = startPicferry(slowly(folders));
    await until(first, folders, async () => (await filesIn(folders.destination)) > 100);
    first.process.kill('SIGINT');
    const cancelled = await first.ended;
    assert.equal(cancelled.code, 3, cancelled.stderr);
    const result = resultIn(cancelled);
    assert.equal(result.status, 'cancelled');
    const { copied = 0, notTried = 0 } = outcomeCounts(result);
    assert.ok(copied > 0 && notTried > 0, JSON.stringify(outcomeCounts(result)));
    assert.equal(copied + notTried, 4_000);
    assert.equal(copied, await filesIn(folders.destination), 'what the report calls copied is what is there');
    const again = await picferry(sync(folders));
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(outcomeCounts(resultIn(again)), { copied: notTried });
  });
});
