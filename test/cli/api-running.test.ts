// Migrations that go on in a real `picferry serve`, its schedules, and an API that is not there.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastFirst } from '../support/cleanup.ts';
import { picferry, resultIn } from '../support/picferry.ts';
import { scriptedS3 } from '../support/scripted-s3.ts';
import { givenNamedStores, givenServe, type Served } from '../support/serving.ts';

describe('a migration that goes on there', () => {
  let served: Served;
  const context = lastFirst(after);
  const SLOW = Object.fromEntries(
    Array.from({ length: 4_000 }, (_, i) => [`old/cam${i % 7}/${i}.jpg`, `picture ${i}`]),
  );

  before(async () => {
    served = await givenServe(context, SLOW);
  });

  const statusOf = async (id: string): Promise<string> =>
    resultIn(await served.run(['show', id, '--json', ...served.here])).status;

  test('--detach prints its id; it is busy for others, watched both ways, and cancelled', async () => {
    const detached = await served.run(['sync', 'old', 'new', '--concurrency', '1', '--detach', ...served.there]);
    assert.equal(detached.code, 0, detached.stderr);
    const id = detached.stdout.trimEnd();
    assert.match(id, /^\d{8}-\d{6}-\w{6}$/);
    assert.match(detached.stderr, new RegExp(`picferry watch ${id} --api ${served.url}`));

    const watches = [served.there, served.here].map((flags) => served.start(['watch', id, '--json', ...flags]));
    const busy = await served.run(['sync', 'old', 'new', '--json', ...served.there]);
    assert.equal(busy.code, 3, busy.stderr);
    assert.match(busy.stderr, new RegExp(`migration ${id} is running on this pair`));
    assert.equal(resultIn(busy).id, id);

    const cancelled = await served.run(['cancel', id, ...served.there]);
    assert.equal(cancelled.code, 0, cancelled.stderr);
    assert.match(cancelled.stdout, new RegExp(`Migration ${id} is stopping`));
    for (const { ended } of watches) {
      const ran = await ended;
      assert.equal(ran.code, 3, ran.stderr);
      assert.equal(resultIn(ran).status, 'cancelled');
    }
  });

  test('Ctrl-C leaves it running and says so; another process on the state folder cancels it', async () => {
    const following = served.start(['sync', 'old', 'new', '--concurrency', '1', ...served.there]);
    let said = '';
    following.process.stderr?.on('data', (text: string) => (said += text));
    while (!/Planning|Listing|Copying/.test(said) && following.process.exitCode === null) await sleep(20);
    following.process.kill('SIGINT');
    const ran = await following.ended;
    assert.equal(ran.code, 130, ran.stderr);
    const [, id = ''] = /Migration (\S+) goes on at http.*picferry watch.*picferry cancel/.exec(ran.stderr) ?? [];
    assert.equal(await statusOf(id), 'running');

    const cancelled = await served.run(['cancel', id, ...served.here]);
    assert.equal(cancelled.code, 0, cancelled.stderr);
    const watched = await served.run(['watch', id, ...served.here]);
    assert.equal(watched.code, 3);
    assert.match(watched.stdout, /The migration was cancelled/);
  });
});

describe('schedules', () => {
  test('are added, listed and removed, in the same words both ways', async (t) => {
    const served = await givenServe(
      lastFirst((fn) => t.after(fn)),
      {},
    );
    const add = ['schedule', 'add', 'nightly', 'cron(0 2 * * ? *)', 'old', 'new', '--time-zone', 'Europe/Vienna'];
    const text = 'nightly: cron(0 2 * * ? *) Europe/Vienna, sync old -> new';
    for (const flags of [served.there, served.here]) {
      const added = await served.run([...add, '--exclude', '*.tmp', ...flags]);
      assert.equal(added.code, 0, added.stderr);
      assert.equal(added.stdout, `Schedule ${text}\n`);
      assert.equal(/only while "picferry serve" runs/.test(added.stderr), flags === served.here);
      const again = await served.run([...add, ...flags]);
      assert.deepEqual([again.code, again.stdout], [2, '']);
      assert.match(again.stderr, /nightly.*already/);
      const listed = [served.there, served.here].map((both) => served.run(['schedule', 'list', ...both]));
      const [there, here] = await Promise.all(listed);
      assert.equal(there?.stdout, here?.stdout);
      assert.ok(here?.stdout.startsWith(`${text}\n`), here?.stdout);
      assert.match(here?.stdout ?? '', /has not fired yet/);
      const json = JSON.parse((await served.run(['schedule', 'list', '--json', ...flags])).stdout);
      assert.deepEqual(json.schedules[0].request.options.exclude, ['*.tmp']);
      const removed = await served.run(['schedule', 'remove', 'nightly', ...flags]);
      assert.equal(removed.stdout, 'Schedule nightly is removed.\n');
      const gone = await served.run(['schedule', 'remove', 'nightly', ...flags]);
      assert.equal(gone.code, 2);
      assert.match(gone.stderr, /there is no schedule "nightly" .*"picferry schedule list --/);
    }
    assert.match((await served.run(['schedule', 'list', ...served.here])).stdout, /No schedules yet/);
  });

  test('embedded, one makes the state folder it needs', async (t) => {
    const folder = await givenNamedStores(t, {});
    const run = (...args: string[]) => picferry([...args, '--state-dir', './state'], { cwd: folder });
    const added = await run('schedule', 'add', 'n', 'rate(1 hour)', 'old', 'new', '--check');
    assert.equal(added.code, 0, added.stderr);
    assert.match((await run('schedule', 'list')).stdout, /^n: rate\(1 hour\) UTC, check old -> new\n {2}next: /);
  });
});

test('an API that is not there: 3, with its URL and the cause', async (t) => {
  const folder = await givenNamedStores(t, {});
  const gone = await scriptedS3(() => ({}));
  await gone[Symbol.asyncDispose]();
  const env = { PICFERRY_TOKEN: 'word' };
  const ran = await picferry(['list', '--api', gone.endpointUrl, '--state-dir', folder], { env });
  assert.equal(ran.code, 3);
  assert.match(ran.stderr, new RegExp(`${gone.endpointUrl} cannot be reached: .*ECONNREFUSED`));
});
