// The commands against a real `picferry serve`: the same words and figures as on its state folder.

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { lastFirst } from '../support/cleanup.ts';
import { outcomeCounts, type Ran, resultIn } from '../support/picferry.ts';
import { harvest } from '../support/scratch.ts';
import { givenServe, type Served } from '../support/serving.ts';

/** What differs by its very purpose: where the recommended command has to look. */
const withoutPlace = ({ stdout }: Ran, { url }: Served): string => stdout.replaceAll(` --api ${url}`, '');

describe('one migration, asked for both ways', () => {
  let served: Served;
  let synced: Ran;
  let id: string;
  const context = lastFirst(after);

  before(async () => {
    served = await givenServe(context, {
      ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`old/cam1/${i}.jpg`, `picture ${i}`])),
      'new/cam1/0.jpg': 'picture 0',
      'new/cam1/1.jpg': 'another size',
    });
    await symlink('/nowhere', join(served.folder, 'old/cam1/link.jpg'));
    synced = await served.run(['sync', 'old', 'new', ...served.there, '--json']);
    id = resultIn(synced).id;
  });

  test('sync runs there, copies, and ends as it would have here', async () => {
    assert.equal(synced.code, 1, synced.stderr);
    assert.deepEqual(outcomeCounts(resultIn(synced)), { copied: 28, failed: 1 });
    assert.equal((await readdir(join(served.folder, 'new/cam1'))).length, 30);
    assert.match(synced.stderr, /warning: 1 picture .* differs on the destination/);
  });

  const WAYS: readonly (readonly string[])[] = [
    ['show'],
    ['show', '--json'],
    ['report'],
    ['report', '--json'],
    ['watch'],
    ['watch', '--json'],
    ['list'],
    ['list', '--json', '--limit', '1'],
  ];
  for (const [command = '', ...flags] of WAYS) {
    test(`${[command, ...flags].join(' ')} prints the same`, async () => {
      const args = command === 'list' ? [command, ...flags] : [command, id, ...flags];
      const there = await served.run([...args, ...served.there]);
      const here = await served.run([...args, ...served.here]);
      assert.equal(withoutPlace(there, served), here.stdout);
      assert.equal(there.code, here.code);
      assert.equal(there.stderr, here.stderr);
      assert.match(here.stdout, new RegExp(id));
    });
  }

  test('show --json has the figures of each round', async () => {
    const shown = JSON.parse((await served.run(['show', id, '--json', ...served.there])).stdout);
    assert.deepEqual(
      shown.roundFigures.map(({ round, copyList }: { round: number; copyList: { count: number } }) => [
        round,
        copyList.count,
      ]),
      [
        [1, 29],
        [2, 1],
        [3, 1],
      ],
    );
  });

  test('report --download writes the same files, and over nothing', async () => {
    const names = ['missing.jsonl.gz', 'report.html', 'report.json', 'round-2-failed.jsonl.gz'];
    for (const [where, flags] of [
      ['there', served.there],
      ['here', served.here],
    ] as const) {
      const folder = join(served.folder, 'downloads', where);
      const ran = await served.run(['report', id, '--download', folder, ...flags]);
      assert.equal(ran.code, 0, ran.stderr);
      assert.deepEqual(
        ran.stdout.trimEnd().split('\n').sort(),
        names.map((name) => join(folder, name)),
      );
      const again = await served.run(['report', id, '--download', folder, ...flags]);
      assert.equal(again.code, 2);
      assert.match(again.stderr, /there already/);
    }
    const downloads = join(served.folder, 'downloads');
    assert.deepEqual(await harvest(join(downloads, 'there')), await harvest(join(downloads, 'here')));
    const failed = gunzipSync(await readFile(join(downloads, 'there', 'round-2-failed.jsonl.gz'))).toString();
    assert.match(failed, /cam1\/link\.jpg/);
  });

  test('report --open opens the page, and prints where it is', async () => {
    const bin = join(served.folder, 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > "${served.folder}/opened"\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env.PATH}` };
    for (const flags of [served.there, served.here]) {
      const ran = await served.run(['report', id, '--open', ...flags], { env });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(ran.stderr, '');
      const opened = await readFile(join(served.folder, 'opened'), 'utf8');
      const isFile = opened.startsWith('file:///');
      assert.equal(isFile, flags === served.here);
      assert.equal(ran.stdout, `${isFile ? fileURLToPath(opened) : opened}\n`);
      const page = isFile ? await readFile(new URL(opened), 'utf8') : await (await fetch(opened)).text();
      assert.match(page, /<html/);
    }
  });

  test('report --open without a browser still prints the link', async () => {
    const ran = await served.run(['report', id, '--open', ...served.there], { env: { PATH: '/nonexistent' } });
    assert.equal(ran.code, 0);
    assert.match(ran.stdout, /^http:\/\/127\.0\.0\.1.*report\.html/);
    assert.match(ran.stderr, /no browser could be opened/);
  });

  test('cancel of what has ended is refused in the same words', async () => {
    const there = await served.run(['cancel', id, ...served.there]);
    const here = await served.run(['cancel', id, ...served.here]);
    assert.equal(there.code, 2);
    assert.match(there.stderr, /ended already, as done/);
    assert.deepEqual([here.code, here.stderr], [2, there.stderr]);
  });

  test('an id nobody has', async () => {
    for (const command of ['show', 'report', 'watch', 'cancel']) {
      const there = await served.run([command, 'nobody', ...served.there]);
      assert.equal(there.code, 2, there.stderr);
      assert.match(there.stderr, /^error: there is no migration nobody at http.*"picferry list --api http/);
    }
  });

  test('sync --from copies from its lists there', async () => {
    const ran = await served.run(['sync', '--from', id, '--only', 'failed', '--json', ...served.there]);
    assert.equal(ran.code, 1, ran.stderr);
    assert.deepEqual(outcomeCounts(resultIn(ran)), { failed: 1 });
  });

  test('sync --from an id nobody has: 2', async () => {
    const ran = await served.run(['sync', '--from', 'nobody', ...served.there]);
    assert.equal(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, /nobody/);
  });

  test('a store that the server does not know: 2, and nothing is started', async () => {
    const before = await served.run(['list', '--json', ...served.here]);
    const ran = await served.run(['sync', 'old', 'elsewhere', ...served.there]);
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, /"elsewhere" is no store of this server: it knows old, new/);
    assert.equal((await served.run(['list', '--json', ...served.here])).stdout, before.stdout);
  });

  test('PICFERRY_API and PICFERRY_TOKEN are enough', async () => {
    const env = { PICFERRY_API: served.url, PICFERRY_TOKEN: served.token, XDG_STATE_HOME: join(served.folder, 'none') };
    const ran = await served.run(['check', 'old', 'new', '--json'], { env });
    assert.equal(ran.code, 1, ran.stderr);
    assert.equal(resultIn(ran).status, 'done');
    const shown = await served.run(['show', resultIn(ran).id], { env });
    assert.equal(shown.code, 0, shown.stderr);
  });

  test('a wrong token is explained by where it is from, and never shown', async () => {
    const env = { PICFERRY_TOKEN: 'wrong-word', XDG_STATE_HOME: join(served.folder, 'none') };
    const ran = await served.run(['list', '--api', served.url], { env });
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, /refuses the token in PICFERRY_TOKEN \(401/);
    assert.doesNotMatch(ran.stderr, /wrong-word/);
  });
});
