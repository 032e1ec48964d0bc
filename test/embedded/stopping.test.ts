// A migration that another process asks to stop: the record alone says so, and whatever is under way comes to an end.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Range } from '../../lib/compare/range.ts';
import type { EmbeddedHost, Steps } from '../../lib/embedded/host.ts';
import type { Store } from '../../lib/stores/store.ts';
import { cancelMigration } from '../../lib/workflow/cancel.ts';
import { reportPath } from '../../lib/workflow/paths.ts';
import { readProgress } from '../../lib/workflow/progress.ts';
import { readMigration } from '../../lib/workflow/record.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import {
  contentOf,
  counts,
  type Folders,
  givenFolders,
  givenHost,
  givenPictures,
  pictures,
  request,
  run,
  whenItEnds,
} from '../support/embedded-migration.ts';

type Change = (store: Store, side: 'source' | 'destination') => Partial<Store>;

/** The real steps, over stores that are changed a little. */
const stepsOver = (change: Change): Steps => {
  const over = (context: StepContext): StepContext => ({
    ...context,
    openStore: async (spec, side) => {
      const store = await context.openStore(spec, side);
      return { ...store, ...change(store, side) };
    },
  });
  return Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [
      name,
      (input: never, context: StepContext) => step(input, over(context)),
    ]),
  ) as unknown as Steps;
};

/** As `picferry cancel` does it: in another process, which runs nothing itself. */
const cancelElsewhere = async (folders: Folders, id: string): Promise<void> => {
  const elsewhere = await givenHost(folders);
  await cancelMigration(id, elsewhere);
};

const until = async (there: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await there())) await sleep(5);
};

const picturesIn = async (folder: string): Promise<number> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jpg')).length;

const startOn = async (host: EmbeddedHost, folders: Folders, options = {}) => {
  const started = await startMigration(request(folders, 'sync', options), host);
  assert.equal(started.kind, 'started');
  return started as { kind: 'started'; id: string };
};

const given = async (t: TestContext, count: number, change: Change, limits = {}) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(count));
  const host = await givenHost(folders, { steps: stepsOver(change), limits: { commitEveryMs: 50, ...limits } });
  return { folders, host };
};

describe('a cancel that another process writes down', { timeout: 30_000 }, () => {
  test('ends a listing that goes on and on', async (t) => {
    let pages = 0;
    let goesOn = true;
    async function* endless(store: Store, range: Range): ReturnType<Store['list']> {
      for (; goesOn; pages++) {
        const key = `cam1/${String(pages).padStart(12, '0')}.jpg`;
        yield { entries: [{ key, size: 1, modifiedAt: 0 }], at: Date.now() };
        await sleep(1);
      }
      yield* store.list(range);
    }
    const { folders, host } = await given(t, 3, (store, side) =>
      side === 'source' ? { list: (range) => endless(store, range) } : {},
    );
    const started = await startOn(host, folders);
    await until(() => pages > 50);
    await cancelElsewhere(folders, started.id);
    const { report } = await whenItEnds(started, host);
    assert.equal(report.status, 'cancelled');
    assert.equal(report.findings, undefined, 'what was not listed to its end is not known');
    goesOn = false;
    assert.equal((await run(host, request(folders, 'sync'))).report.status, 'done', 'the lock is free');
  });

  test('ends the reading of content that nobody will hear of', async (t) => {
    let read = 0;
    let isCancelled = false;
    const md5 = async (): Promise<string> => {
      read++;
      await sleep(isCancelled ? 100 : 10);
      return 'a'.repeat(32);
    };
    // One folder, so one page: all of it is looked at before a commit could notice anything.
    const all = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`cam1/${i}.jpg`, String(i)]));
    const { folders, host } = await given(t, 0, () => ({ md5 }));
    await givenPictures(folders.source, all);
    await givenPictures(folders.destination, all);
    const started = await startOn(host, folders, { checksum: true });
    await until(() => read > 40);
    await cancelElsewhere(folders, started.id);
    isCancelled = true;
    const { report } = await whenItEnds(started, host);
    assert.equal(report.status, 'cancelled');
    assert.ok(read < 800, 'not all of the content was read');
  });

  test('ends a copy that takes for ever, keeps nothing of it, and counts every other one', async (t) => {
    const folders = await givenFolders(t);
    const all = pictures(300);
    await givenPictures(folders.source, all);
    // In the middle of the copying order.
    const slow = Object.keys(all)[200]!;
    let isSlow = true;
    const read =
      (store: Store): Store['read'] =>
      async (key, guard, options) => {
        const picture = await store.read(key, guard, options);
        if (key !== slow || !isSlow || !('body' in picture)) return picture;
        const { passTo, ...passing } = picture;
        return { ...passing, body: new Readable({ read: () => {} }) };
      };
    const host = await givenHost(folders, {
      steps: stepsOver((store, side) => (side === 'source' ? { read: read(store) } : {})),
      limits: { commitEveryMs: 50 },
      concurrency: 4,
    });
    const started = await startOn(host, folders);
    // Everything but the slow one: far more than what stands before it in the copying order.
    await until(async () => (await picturesIn(folders.destination)) === 299);
    const { outcomes } = await readProgress(host, started.id);
    assert.ok(outcomes.copied.count < 299, 'what stands behind the slow one is not committed');
    await cancelElsewhere(folders, started.id);
    const { report, id } = await whenItEnds(started, host);
    assert.equal(report.status, 'cancelled');
    assert.deepEqual(counts(report.outcomes), { copied: 299, notTried: 1 });
    assert.deepEqual(report.reasons, { cancelled: 1 });
    const { [slow]: missing, ...others } = all;
    assert.deepEqual(await contentOf(folders.destination), others, 'nothing of it was kept');
    assert.deepEqual(await readdir(folders.destination), ['cam1'], 'nor anything unfinished');

    isSlow = false;
    const rest = await run(host, { from: id, only: 'failed' });
    assert.equal(rest.report.status, 'done');
    assert.deepEqual(counts(rest.report.outcomes), { copied: 1 });
    assert.deepEqual(await contentOf(folders.destination), { ...others, [slow]: missing });
  });

  test('ends a wait for the next attempt, too', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    let tried = 0;
    const host = await givenHost(folders, {
      numbers: { RetrySeconds: 3_600 },
      steps: {
        ...(steps as unknown as Steps),
        Summarise: async () => {
          tried++;
          throw Object.assign(new Error('not now'), { name: 'StoreUnavailable' });
        },
      },
    });
    const started = await startOn(host, folders);
    await until(() => tried === 1);
    await cancelElsewhere(folders, started.id);
    const { report } = await whenItEnds(started, host);
    assert.equal(report.status, 'cancelled');
    assert.equal((await startMigration(request(folders, 'check'), host)).kind, 'started', 'the lock is free');
  });
});

test('a host that closes stops what runs, also a copy that takes for ever', { timeout: 30_000 }, async (t) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(3));
  let began = false;
  const read =
    (store: Store): Store['read'] =>
    async (...asked) => {
      began = true;
      return { ...(await store.read(...asked)), body: new Readable({ read: () => {} }) } as never;
    };
  const host = await givenHost(folders, {
    steps: stepsOver((store, side) => (side === 'source' ? { read: read(store) } : {})),
    limits: { commitEveryMs: 50 },
  });
  const started = await startOn(host, folders);
  await until(() => began);
  await host.close();
  const after = await givenHost(folders);
  const record = await readMigration(after.records, started.id);
  assert.equal(record?.status, 'failed');
  assert.equal(record?.cause, 'stopped');
});

describe('an execution that is over', { timeout: 30_000 }, () => {
  test('is settled by the process that ran it, whatever its tasks left behind', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    const host = await givenHost(folders, {
      steps: {
        ...(steps as unknown as Steps),
        // Ends without having said so: the disk was full when it wanted to.
        List: async ({ migrationId }: { migrationId: string }, { records }: StepContext) => {
          await records.put({
            pk: `migration#${migrationId}`,
            sk: 'round#1#task#000000',
            openUntil: Number.MAX_SAFE_INTEGER,
          });
          throw new Error('full');
        },
        Fail: async () => {
          throw new Error('full');
        },
      } as Steps,
    });
    const started = await startOn(host, folders);
    await host.executions.finished(started.id);
    const record = await readMigration(host.records, started.id);
    assert.equal(record?.status, 'failed');
    assert.equal((await startMigration(request(folders, 'check'), host)).kind, 'started', 'the lock is free');
  });

  test('that could not be settled is settled when somebody tries again', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    const said: string[] = [];
    let isFull = true;
    const host = await givenHost(folders, {
      log: (message) => said.push(message),
      steps: {
        ...(steps as unknown as Steps),
        Plan: async () => {
          throw new Error('full');
        },
        Fail: async () => {
          throw new Error('full');
        },
      } as Steps,
    });
    const { write } = host.files;
    Object.assign(host.files, {
      write: (path: string, body: string) =>
        isFull && path.endsWith('report.json') ? Promise.reject(new Error('full')) : write(path, body),
    });
    const started = await startOn(host, folders);
    await host.executions.finished(started.id);
    assert.ok(said.includes('not settled'));
    isFull = false;
    await host.settleLeft();
    const written = JSON.parse(String(await host.files.read(reportPath(started.id)))) as { status: string };
    assert.equal(written.status, 'failed');
    assert.equal((await startMigration(request(folders, 'check'), host)).kind, 'started', 'the lock is free');
  });
});
