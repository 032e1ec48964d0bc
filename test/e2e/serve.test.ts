// picferry serve as a process of its own: what its clients see, how it stops, and what it finds when it starts again.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationDetail, ReportView } from '../../lib/api/resources.ts';
import type { ScheduleView } from '../../lib/api/schedule.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { readMigration } from '../../lib/workflow/record.ts';
import { lastFirst } from '../support/cleanup.ts';
import { givenFolders, givenPictures, pictures } from '../support/embedded-migration.ts';
import { outcomeCounts, picferry, resultIn } from '../support/picferry.ts';
import { type Answered, type ServeProcess, send, startServe } from '../support/serve-process.ts';

const given = async (t: TestContext, flags: readonly string[] = []) => {
  const context = lastFirst((fn) => t.after(fn));
  const folders = await givenFolders(context);
  const { source, destination, stateDir } = folders;
  const all = ['--allow', `old=${source}`, '--allow', `new=${destination}`, ...flags];
  return { ...folders, serve: () => startServe(context, stateDir, all) };
};

const SYNC = { source: 'old', destination: 'new', mode: 'sync' };

const many = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`cam${i % 4}/2026010${i % 9}/${i}.jpg`, `${i}`.padEnd(20_000, '.')]),
  );

/** `many` pictures take ten seconds: whatever comes meanwhile comes in the middle. */
const SLOWLY = { minAgeMs: 0, bandwidthLimit: 8_000_000 };

const picturesIn = async (folder: string): Promise<number> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jpg')).length;

const copyingBegan = ({ progress, status }: MigrationDetail): boolean =>
  status === 'running' && progress.outcomes.copied.count > 0;

const countsOf = (detail: MigrationDetail): Record<string, number> => outcomeCounts(detail as never);

const json = <T>({ body }: Answered): T => JSON.parse(body) as T;

/** Reads the record itself: whoever asks the API or a command has it settled first. */
const statusInRecords = async (stateDir: string, id: string): Promise<string | undefined> => {
  const records = await openSqliteRecords(join(stateDir, 'records.sqlite'));
  try {
    const record = await readMigration(records, id);
    return record && `${record.status} ${record.cause ?? ''}`.trim();
  } finally {
    records.close();
  }
};

/** However it ends, it is told: a test that waits for ever says nothing. */
const endingInRecords = async (stateDir: string, id: string): Promise<string> => {
  for (;;) {
    const status = await statusInRecords(stateDir, id);
    if (status?.match(/^(done|cancelled|failed)/)) return status;
    await sleep(20);
  }
};

/** The pair's lock is free and everything is as before: the next migration completes what is left. */
const completes = async (serve: ServeProcess): Promise<MigrationDetail> => {
  const ended = await serve.until(
    await serve.start({ ...SYNC, options: { minAgeMs: 0 } }),
    ({ endedAt }) => endedAt !== undefined,
  );
  assert.equal(ended.status, 'done');
  assert.equal(ended.remaining.count, 0);
  return ended;
};

// The first one waits for a minute to pass; the others need not wait for it.
describe('picferry serve', { concurrency: 2, timeout: 240_000 }, () => {
  test('fires schedules by itself inside their minute, also those of before it was started again', async (t) => {
    const { source, stateDir, serve: start } = await given(t);
    await givenPictures(source, pictures(10));
    const first = await start();
    const add = (body: object) => first.ask('POST', '/schedules', { body: { ...SYNC, ...body } });
    assert.equal((await add({ name: 'each-minute', expression: 'cron(* * * * ? *)' })).status, 201);
    assert.equal(
      (await add({ name: 'often', expression: 'rate(1 minute)', source: 'new', destination: 'old' })).status,
      201,
    );
    first.signal('SIGTERM');
    assert.equal((await first.ended).code, 0);

    const second = await start();
    const firstRunOf = async (name: string) => {
      for (;;) {
        const { runs, createdAt } = json<ScheduleView>(await second.ask('GET', `/schedules/${name}`));
        const run = runs.at(-1);
        if (run) return { run, createdAt };
        await sleep(200);
      }
    };
    const { run } = await firstRunOf('each-minute');
    assert.equal(run.outcome, 'started');
    assert.match(run.at, /:00\.000Z$/, 'it was due at a full minute');
    const id = run.outcome === 'started' ? run.migrationId : '';
    const { status, startedAt } = await second.until(id, ({ endedAt }) => endedAt !== undefined);
    assert.equal(status, 'done');
    assert.equal(startedAt.slice(0, 16), run.at.slice(0, 16), 'inside its minute');
    const { links } = json<ReportView>(await second.ask('GET', `/migrations/${id}/report`));
    assert.equal((await send('GET', new URL(links!['report.html']!.url))).status, 200);

    const often = await firstRunOf('often');
    assert.equal(Date.parse(often.run.at) - Date.parse(often.createdAt), 60_000, 'a rate counts from when it was made');
    const removed = await picferry(['schedule', 'remove', 'often', '--state-dir', stateDir]);
    assert.equal(removed.code, 0, removed.stderr);
    assert.equal((await second.ask('GET', '/schedules/often')).status, 404);
  });

  test('answers 202 at once, and tells how far a migration is while it runs', async (t) => {
    const { source, destination, serve: start } = await given(t);
    await givenPictures(source, many(3_000));
    const serve = await start();
    const answered = await serve.ask('POST', '/migrations', { body: SYNC });
    assert.equal(answered.status, 202);
    const { id } = json<{ id: string }>(answered);
    assert.equal((await serve.migration(id)).status, 'running', 'it has only begun');
    const again = await serve.ask('POST', '/migrations', { body: SYNC });
    assert.equal(again.status, 409);
    assert.equal(json<{ migrationId: string }>(again).migrationId, id);
    await serve.until(id, copyingBegan);
    const ended = await serve.until(id, ({ endedAt }) => endedAt !== undefined);
    assert.equal(ended.status, 'done');
    assert.deepEqual(countsOf(ended), { copied: 3_000 });
    assert.equal(await picturesIn(destination), 3_000);
  });

  for (const [what, body, status] of [
    ['a name that it does not know', { source: 'other', destination: 'new', mode: 'sync' }, 403],
    ['a path', { source: '/etc', destination: 'new', mode: 'sync' }, 403],
    ['an address', { source: 's3://bucket/', destination: 'new', mode: 'sync' }, 403],
    ['a folder that is not there', { source: 'gone', destination: 'new', mode: 'sync' }, 400],
    ['a pair that is one store', { source: 'old', destination: 'old', mode: 'sync' }, 400],
  ] as const) {
    test(`refuses ${what} before anything starts`, async (t) => {
      const context = lastFirst((fn) => t.after(fn));
      const folders = await givenFolders(context);
      const allow = ['old', 'new', 'gone'].flatMap((name) => ['--allow', `${name}=${folders.root}/${name}`]);
      const serve = await startServe(context, folders.stateDir, allow);
      const answered = await serve.ask('POST', '/migrations', { body });
      assert.equal(answered.status, status, answered.body);
      assert.equal(answered.headers['content-type'], 'application/problem+json');
      assert.deepEqual(json(await serve.ask('GET', '/migrations')), { migrations: [] });
      assert.ok(!(await readdir(folders.stateDir)).includes('reports'), 'nothing was written');
    });
  }

  test('lets in its token only, from no other web page, and keeps it for its user', async (t) => {
    const { serve: start, stateDir } = await given(t);
    const serve = await start();
    const url = new URL('/migrations', serve.url);
    const authorization = `Bearer ${serve.token}`;
    assert.equal((await send('GET', url, { authorization })).status, 200);
    assert.equal((await send('GET', url)).status, 401);
    assert.equal((await send('GET', url, { authorization: 'Bearer x' })).status, 401);
    assert.equal((await send('GET', url, { authorization, host: 'rebound.example' })).status, 403);
    assert.equal((await send('GET', url, { authorization, origin: 'http://evil.example' })).status, 403);
    for (const file of ['serve.json', 'links.key']) {
      assert.equal(((await stat(join(stateDir, file))).mode & 0o777).toString(8), '600');
    }
    serve.signal('SIGTERM');
    const { code, stdout, stderr } = await serve.ended;
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(serve.url));
    assert.ok(!stdout.includes(serve.token), 'what is no terminal may be kept, and read by others');
    assert.ok(!stderr.includes(serve.token), 'the log holds no secret');
    assert.ok(!(await readdir(stateDir)).includes('serve.json'), 'nobody else who listens there is shown the token');
    const next = await start();
    const stale = await next.ask('GET', '/migrations', { headers: { authorization } });
    assert.equal(stale.status, 401, 'nor is it good for anything');
    for (const line of stderr.trim().split('\n')) assert.ok(JSON.parse(line).message, line);
  });

  test('cancels what runs when it is asked to stop: what was copied is counted, the lock free, the next start fine', async (t) => {
    const { source, destination, stateDir, serve: start } = await given(t);
    await givenPictures(source, many(4_000));
    const first = await start();
    const id = await first.start({ ...SYNC, options: SLOWLY });
    await first.until(id, copyingBegan);
    first.signal('SIGTERM');
    const { code, stderr } = await first.ended;
    assert.equal(code, 0, stderr);
    assert.equal(await statusInRecords(stateDir, id), 'cancelled cancelled');
    const copied = await picturesIn(destination);

    const second = await start();
    const counts = countsOf(await second.migration(id));
    assert.deepEqual(counts, { copied, notTried: 4_000 - copied });
    assert.ok(copied > 0 && copied < 4_000, `${copied} copied`);
    assert.deepEqual(countsOf(await completes(second)), { copied: 4_000 - copied });
  });

  test('cancels what runs and stops, whoever takes for ever to send a request', { timeout: 60_000 }, async (t) => {
    const { source, stateDir, serve: start } = await given(t);
    await givenPictures(source, many(4_000));
    const serve = await start();
    const id = await serve.start({ ...SYNC, options: SLOWLY });
    await serve.until(id, copyingBegan);
    const headers = { authorization: `Bearer ${serve.token}`, 'content-type': 'application/json' };
    const slow = request(new URL('/migrations', serve.url), { method: 'POST', headers }).on('error', () => {});
    t.after(() => slow.destroy());
    await new Promise<void>((resolve) => slow.write('{', () => resolve()));
    assert.equal((await serve.ask('GET', '/migrations')).status, 200, 'it has seen the slow one by now');
    serve.signal('SIGTERM');
    const { code, stderr } = await serve.ended;
    assert.equal(code, 0, stderr);
    assert.equal(await statusInRecords(stateDir, id), 'cancelled cancelled');
  });

  test('leaves at once when it is asked a second time', async (t) => {
    const { source, stateDir, serve: start } = await given(t);
    await givenPictures(source, many(4_000));
    const serve = await start();
    const id = await serve.start({ ...SYNC, options: SLOWLY });
    await serve.until(id, copyingBegan);
    serve.signal('SIGTERM');
    serve.signal('SIGINT');
    assert.equal((await serve.ended).code, 130);
    const second = await start();
    assert.match(await endingInRecords(stateDir, id), /^(cancelled|failed)/);
    // It may be writing the report still, into a folder that is about to be removed.
    second.signal('SIGKILL');
    await second.ended;
  });

  test('after kill -9 settles what it ran as failed(killed), before anybody asks', async (t) => {
    const { source, stateDir, serve: start } = await given(t);
    await givenPictures(source, many(4_000));
    const first = await start();
    const id = await first.start({ ...SYNC, options: SLOWLY });
    await first.until(id, copyingBegan);
    first.signal('SIGKILL');
    assert.equal((await first.ended).signal, 'SIGKILL');
    assert.equal(await statusInRecords(stateDir, id), 'running');
    const second = await start();
    assert.equal(await endingInRecords(stateDir, id), 'failed killed');
    const counts = countsOf(await second.migration(id));
    assert.equal((counts.copied ?? 0) + (counts.notTried ?? 0), 4_000);
    await completes(second);
  });

  test('is seen and cancelled by commands on the same state folder', async (t) => {
    const { source, destination, stateDir, serve: start } = await given(t);
    await givenPictures(source, many(4_000));
    const serve = await start();
    // One after the other, so that there is something left to cancel.
    const id = await serve.start({ ...SYNC, options: { ...SLOWLY, concurrency: 1 } });
    await serve.until(id, copyingBegan);
    const shown = resultIn(await picferry(['show', id, '--state-dir', stateDir, '--json']));
    assert.equal(shown.status, 'running');
    const busy = await picferry(['sync', source, destination, '--state-dir', stateDir]);
    assert.equal(busy.code, 3);
    assert.match(busy.stderr, new RegExp(id));
    await picferry(['cancel', id, '--state-dir', stateDir]);
    const cancelled = await serve.until(id, ({ endedAt }) => endedAt !== undefined);
    assert.equal(cancelled.status, 'cancelled');
    const copied = await picturesIn(destination);
    assert.deepEqual(countsOf(cancelled), { copied, notTried: 4_000 - copied });
    await completes(serve);
  });

  test('links open without a token, until their time is over or anything in them is changed', async (t) => {
    const { source, serve: start } = await given(t, ['--link-seconds', '3']);
    await givenPictures(source, pictures(10));
    const serve = await start();
    const { id } = await completes(serve);
    const { links } = json<ReportView>(await serve.ask('GET', `/migrations/${id}/report`));
    const { url } = links!['report.json']!;
    const statusThere = async (): Promise<string> => {
      const opened = await send('GET', new URL(url));
      assert.equal(opened.status, 200);
      return json<{ status: string }>(opened).status;
    };
    // The record says that it has ended a moment before the report does.
    while ((await statusThere()) !== 'done') await sleep(20);
    assert.equal(
      (await send('GET', new URL(links!['missing.jsonl.gz']!.url))).headers['content-type'],
      'application/gzip',
    );
    const page = await serve.ask('GET', `/migrations/${id}/report`, { headers: { accept: 'text/html' } });
    assert.equal(page.status, 303);
    const html = await send('GET', new URL(String(page.headers.location)));
    assert.match(html.body, /^<!doctype html>/i);
    assert.match(String(html.headers['content-security-policy']), /default-src 'none'/);

    assert.equal((await send('GET', new URL(url.replace('report.json', 'request.json')))).status, 403);
    assert.equal((await send('GET', new URL(url.replace(/expires=\d+/, 'expires=9999999999')))).status, 403);
    while ((await send('GET', new URL(url))).status === 200) await sleep(100);
    assert.equal((await send('GET', new URL(url))).status, 403);
  });
});

describe('picferry serve is refused', () => {
  test('on a state folder that others may write to', async (t) => {
    const { stateDir } = await givenFolders(t);
    await mkdir(stateDir, { recursive: true });
    await chmod(stateDir, 0o777);
    const refused = await picferry(['serve', '--port', '0', '--state-dir', stateDir]);
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /chmod go-w/);
    assert.deepEqual(await readdir(stateDir), []);
  });

  test('on a state folder that another one has, and told which', async (t) => {
    const { stateDir, serve: start } = await given(t);
    const serve = await start();
    const second = await picferry(['serve', '--port', '0', '--state-dir', stateDir]);
    assert.equal(second.code, 3);
    assert.ok(second.stderr.includes(String(serve.pid)) && second.stderr.includes(serve.url), second.stderr);
    assert.equal((await serve.ask('GET', '/migrations')).status, 200, 'which goes on');
  });

  test('on a port that is in use, and leaves the state folder to the next', async (t) => {
    const { stateDir, serve: start } = await given(t);
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => new Promise((resolve) => other.close(resolve)));
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const refused = await picferry(['serve', '--port', String(port), '--state-dir', stateDir]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--port/);
    await start();
  });

  for (const [flags, complaint] of [
    [['--allow', 'old'], /NAME=FOLDER/],
    [['--allow', 'old=https://example.com'], /neither a folder nor/],
    [['--host', '0.0.0.0'], /Allowed choices/],
    [['--port', '70000'], /port/],
    [['--link-seconds', '0'], /seconds/],
    [['--concurrency', 'many'], /whole number/],
  ] as const) {
    test(`with ${flags.join(' ')}, and writes nothing`, async (t) => {
      const { root } = await givenFolders(t);
      const stateDir = join(root, 'never');
      const refused = await picferry(['serve', '--state-dir', stateDir, ...flags]);
      assert.equal(refused.code, 2, refused.stderr);
      assert.match(refused.stderr, complaint);
      await assert.rejects(readFile(stateDir), { code: 'ENOENT' });
    });
  }

  test('with a picferry.json that cannot be used', async (t) => {
    const { root, stateDir } = await givenFolders(t);
    const folder = join(root, 'here');
    await mkdir(folder);
    await givenPictures(folder, { 'picferry.json': '{"stores": {"old": {}}}' });
    const refused = await picferry(['serve', '--state-dir', stateDir], { cwd: folder });
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /picferry\.json/);
  });
});
