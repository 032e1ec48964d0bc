// Whole migrations between folders, through the definition that is deployed, with AWS's limits checked.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { amountOf, fromCompact } from '../../lib/compare/statistics.ts';
import { REPORT_MAX_BYTES, type Report } from '../../lib/report/report.ts';
import { missingPath, reportPath } from '../../lib/workflow/paths.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import {
  contentOf,
  counts,
  givenFolders,
  givenHost,
  givenPictures,
  openFoldersToAll,
  pictures,
  request,
  run,
} from '../support/embedded-migration.ts';
import { asOrdinaryUser } from '../support/scratch.ts';

const found = (
  { findings }: Report,
  finding: Parameters<typeof amountOf>[1],
  side: 'source' | 'destination' = 'source',
) => amountOf(fromCompact(findings!), finding, side).count;

const missingKeys = (gzipped: Buffer | undefined): string[] =>
  gunzipSync(gzipped!)
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { key: string }).key);

describe('sync', () => {
  test('copies what is missing, keeps what differs, leaves what is only there, and copies nothing the second time', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, { ...pictures(40), 'loose.jpg': 'loose', 'b.jpg': 'source' });
    await givenPictures(folders.destination, { ...pictures(10), 'b.jpg': 'of another size', 'only.jpg': 'only there' });
    const host = await givenHost(folders);
    const { report, id } = await run(host, request(folders, 'sync'));
    assert.equal(report.status, 'done');
    assert.deepEqual(counts(report.outcomes), { copied: 31 });
    assert.deepEqual(report.remaining, { count: 0, bytes: 0 });
    assert.equal(report.rounds, 2);
    assert.equal(found(report, 'shared'), 10);
    assert.equal(found(report, 'different'), 1);
    assert.equal(found(report, 'missingOnSource', 'destination'), 1);
    assert.deepEqual(await contentOf(folders.destination), {
      ...pictures(40),
      'loose.jpg': 'loose',
      'b.jpg': 'of another size',
      'only.jpg': 'only there',
    });
    const body = await host.files.read(reportPath(id));
    assert.ok(body!.length <= REPORT_MAX_BYTES);
    assert.equal(missingKeys(await host.files.read(missingPath(id))).length, 31);

    const again = await run(host, request(folders, 'sync'));
    assert.deepEqual(counts(again.report.outcomes), {});
    assert.equal(again.report.rounds, 1);
  });

  test('gives the same figures and lists however small shards, tasks and invocations are', async (t) => {
    const folders = await givenFolders(t);
    const many = { ...pictures(300), ...pictures(50, 'cam2'), 'x.jpg': 'x' };
    await givenPictures(folders.source, many);
    await givenPictures(folders.destination, pictures(20, 'cam2'));
    // The clock jumps with every look: invocations end after a few looks and hand on.
    let clock = Date.now();
    const host = await givenHost(folders, {
      limits: { shardEntries: 3, rangesPerTask: 2, planTasks: 5, handOnMs: 10, commitEveryMs: 20, copiesPerShard: 2 },
      now: () => (clock += 5),
      invocationMs: 2_000,
    });
    const { report, id } = await run(host, request(folders, 'sync'));
    assert.equal(report.status, 'done', `${report.cause}: ${report.message}`);
    assert.deepEqual(counts(report.outcomes), { copied: 331 });
    assert.deepEqual(await contentOf(folders.destination), many);
    const missing = missingKeys(await host.files.read(missingPath(id)));
    assert.deepEqual(
      missing,
      Object.keys(many)
        .filter((key) => !(key in pictures(20, 'cam2')))
        .sort(),
    );
  });

  test('overwrites what differs only when asked, and says replaced', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, { 'a.jpg': 'from the source' });
    await givenPictures(folders.destination, { 'a.jpg': 'old' });
    const host = await givenHost(folders);
    const { report } = await run(host, request(folders, 'sync', { onDifferent: 'overwrite' }));
    assert.deepEqual(counts(report.outcomes), { replaced: 1 });
    assert.deepEqual(await contentOf(folders.destination), { 'a.jpg': 'from the source' });
  });

  test('replaces only what is older when it is copied, not only when it was listed', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, { 'a.jpg': 'of 2020' });
    await givenPictures(folders.destination, { 'a.jpg': 'older' });
    await utimes(join(folders.destination, 'a.jpg'), 1_500_000_000, 1_500_000_000);
    const host = await givenHost(folders);
    const check = await run(host, request(folders, 'check', { onDifferent: 'newer' }));
    await writeFile(join(folders.destination, 'a.jpg'), 'the newest, from the camera');
    const { report } = await run(host, { from: check.id, only: 'missing' });
    assert.deepEqual(report.reasons, { newerOnDestination: 1 });
    assert.deepEqual(await contentOf(folders.destination), { 'a.jpg': 'the newest, from the camera' });
  });

  test('replaces a file whatever the nanoseconds of its time', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, { 'a.jpg': 'from the source' });
    await givenPictures(folders.destination, { 'a.jpg': 'old' });
    // As a double of milliseconds this time is the next millisecond.
    execFileSync('touch', ['-d', '2020-01-01 00:00:00.123999999', join(folders.destination, 'a.jpg')]);
    const host = await givenHost(folders);
    const { report } = await run(host, request(folders, 'sync', { onDifferent: 'overwrite' }));
    assert.deepEqual(counts(report.outcomes), { replaced: 1 });
  });

  test('names what a copy cannot read, copies the rest, and counts both', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(5));
    await symlink('/etc/hostname', join(folders.source, 'link.jpg'));
    const host = await givenHost(folders);
    const { report } = await run(host, request(folders, 'sync'));
    assert.equal(report.status, 'done');
    assert.deepEqual(counts(report.outcomes), { copied: 5, failed: 1 });
    assert.deepEqual(report.reasons, { link: 1 });
    assert.equal(report.remaining?.count, 1);
  });

  test('a shard that broke leaves its entries notTried and does not stop the others', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(6));
    const host = await givenHost(folders, {
      limits: { shardEntries: 3 },
      steps: {
        ...steps,
        Copy: async (input: { item: { index: number } }, context) => {
          if (input.item.index === 0) throw new Error('the shard broke');
          return steps.Copy(input as never, context);
        },
      },
    });
    const { report } = await run(host, request(folders, 'sync'));
    // The next rounds have one shard only, which is number 0: it breaks too.
    assert.equal(report.status, 'done');
    assert.equal(report.outcomes.copied.count, 3);
    assert.equal(report.outcomes.notTried.count, 3);
    assert.deepEqual(report.reasons, { stepBroke: 3 });
    assert.equal(report.remaining?.count, 3);
  });
});

describe('check', () => {
  test('compares and changes nothing', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(7));
    const host = await givenHost(folders);
    const { report } = await run(host, request(folders, 'check'));
    assert.equal(found(report, 'missingOnDestination'), 7);
    assert.equal(report.remaining?.count, 7);
    assert.deepEqual(counts(report.outcomes), {});
    assert.deepEqual(await contentOf(folders.destination), {});
  });

  test('then sync --from copies what it found, and compares those ranges again', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(7));
    await givenPictures(folders.destination, { 'only.jpg': 'only there' });
    const host = await givenHost(folders);
    const check = await run(host, request(folders, 'check'));
    const { report } = await run(host, { from: check.id, only: 'missing' });
    assert.deepEqual(counts(report.outcomes), { copied: 7 });
    assert.deepEqual(report.remaining, { count: 0, bytes: 0 });
    assert.equal(report.rounds, 1, 'the comparison was the check’s; this one verified');
    assert.equal(found(report, 'missingOnDestination'), 7);
  });
});

describe('--from ID --only failed', () => {
  test('tries again what failed and what was not tried', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(6));
    let broken = true;
    const host = await givenHost(folders, {
      limits: { shardEntries: 2 },
      steps: {
        ...steps,
        Copy: async (input: { item: { index: number } }, context) => {
          if (broken && input.item.index === 0) throw new Error('the shard broke');
          return steps.Copy(input as never, context);
        },
      },
    });
    const first = await run(host, request(folders, 'sync'));
    assert.equal(first.report.outcomes.notTried.count, 2);
    broken = false;
    const { report } = await run(host, { from: first.id, only: 'failed' });
    assert.deepEqual(counts(report.outcomes), { copied: 2 });
    assert.deepEqual(report.remaining, { count: 0, bytes: 0 });
    assert.deepEqual(await contentOf(folders.destination), pictures(6));
  });

  test('is refused for an unknown id and for one that copied nothing', async (t) => {
    const folders = await givenFolders(t);
    const host = await givenHost(folders);
    await assert.rejects(run(host, { from: 'nobody', only: 'missing' }), /"status":404/);
    const check = await run(host, request(folders, 'check'));
    await assert.rejects(run(host, { from: check.id, only: 'failed' }), /"status":400/);
  });
});

describe('what breaks a run', () => {
  test('a source that vanishes fails it with the folder named, and nothing is called missing', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.destination, pictures(3));
    await rm(folders.source, { recursive: true });
    const host = await givenHost(folders);
    const { report } = await run(host, request(folders, 'sync'));
    assert.equal(report.status, 'failed');
    assert.match(report.message ?? '', new RegExp(folders.source));
    assert.equal(report.findings, undefined);
    assert.equal(report.remaining, undefined);
    assert.equal((await startMigration(request(folders, 'check'), host)).kind, 'started', 'the lock is free');
  });

  test('an unreadable folder fails it with its name, and nothing is called missing', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, { ...pictures(3), 'locked/x.jpg': 'x' });
    const host = await givenHost(folders);
    await run(host, request(folders, 'check'));
    await openFoldersToAll(folders);
    await chmod(join(folders.source, 'locked'), 0o000);
    const { report } = await asOrdinaryUser(() => run(host, request(folders, 'check')));
    await chmod(join(folders.source, 'locked'), 0o700);
    assert.equal(report.status, 'failed');
    assert.equal(report.cause, 'IncompleteListing');
    assert.match(report.message ?? '', /locked/);
    assert.equal(report.findings, undefined);
  });

  test('a destination that refuses writes makes outcomes failed, by reason', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    const host = await givenHost(folders);
    await run(host, request(folders, 'check'));
    await openFoldersToAll(folders);
    await chmod(folders.destination, 0o555);
    const { report } = await asOrdinaryUser(() => run(host, request(folders, 'sync')));
    await chmod(folders.destination, 0o700);
    assert.equal(report.status, 'done');
    assert.deepEqual(counts(report.outcomes), { failed: 3 });
    assert.deepEqual(report.reasons, { accessDenied: 3 });
    assert.equal(report.remaining?.count, 3);
  });

  test('a second migration on the same pair is told who holds it, in whichever direction', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    const host = await givenHost(folders);
    const first = await startMigration(request(folders, 'sync'), host);
    assert.equal(first.kind, 'started');
    const back = request({ ...folders, source: folders.destination, destination: folders.source }, 'sync');
    assert.deepEqual(await startMigration(back, host), { kind: 'busy', id: first.kind === 'started' ? first.id : '' });
  });
});

describe('Fail', () => {
  test('names what broke in a child, where the Map itself says only that one failed', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    const host = await givenHost(folders, {
      steps: {
        ...steps,
        List: async (input: never, context) => {
          await rm(folders.source, { recursive: true, force: true });
          return steps.List(input, context);
        },
        // What Step Functions hands over when a child of a Distributed Map was not caught.
        Fail: ({ migrationId }: { migrationId: string }, context) =>
          steps.Fail(
            {
              migrationId,
              error: {
                Error: 'States.ExceedToleratedFailureThreshold',
                Cause: 'The specified tolerated failure threshold was exceeded',
              },
            } as never,
            context,
          ),
      },
    });
    const { report } = await run(host, request(folders, 'check'));
    assert.equal(report.status, 'failed');
    assert.notEqual(report.cause, 'States.ExceedToleratedFailureThreshold');
    assert.match(report.message ?? '', new RegExp(folders.source));
  });
});
