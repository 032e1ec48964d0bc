// What serve keeps in its state folder: secrets by and for its user only, the token while it runs, and one serve at a time.
import assert from 'node:assert/strict';
import { chmod, chown, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { keptSecret } from '../../lib/embedded/private-files.ts';
import { removeServeJson, serveJsonPath, writeServeJson } from '../../lib/embedded/serve-json.ts';
import { takePlace } from '../../lib/embedded/serve-place.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import type { Liveness } from '../../lib/workflow/ports.ts';
import { scratchFolder } from '../support/scratch.ts';

const rightsOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe('serve.json', () => {
  const mine = { url: 'http://127.0.0.1:1', token: 'secret', pid: 7 };

  test('holds url, token and pid for its user only', async (t) => {
    const folder = await scratchFolder(t);
    await writeFile(serveJsonPath(folder), 'of before', { mode: 0o644 });
    await writeServeJson(folder, mine);
    assert.equal(await rightsOf(serveJsonPath(folder)), '600');
    assert.deepEqual(JSON.parse(await readFile(serveJsonPath(folder), 'utf8')), mine);
    assert.deepEqual(await readdir(folder), ['serve.json'], 'nothing unfinished is left');
  });

  test('is removed by the process that it names, and by no other', async (t) => {
    const folder = await scratchFolder(t);
    await writeServeJson(folder, mine);
    await removeServeJson(folder, 8);
    assert.deepEqual(await readdir(folder), ['serve.json']);
    await removeServeJson(folder, 7);
    assert.deepEqual(await readdir(folder), []);
    await removeServeJson(folder, 7);
    for (const text of ['', '{', 'null', '7']) {
      await writeFile(serveJsonPath(folder), text, { mode: 0o600 });
      await removeServeJson(folder, 7);
      assert.deepEqual(await readdir(folder), ['serve.json'], text);
    }
  });
});

describe('the key of links', () => {
  test('is made once and kept for its user only', async (t) => {
    const path = join(await scratchFolder(t), 'links.key');
    const key = await keptSecret(path);
    assert.equal(await keptSecret(path), key);
    assert.equal(await rightsOf(path), '600');
  });

  for (const [what, betray, skip] of [
    ['others may have read', (path: string) => chmod(path, 0o640), false],
    [
      'a link leads to',
      async (path: string) => {
        await rename(path, `${path}.elsewhere`);
        await symlink(`${path}.elsewhere`, path);
      },
      false,
    ],
    [
      'another user wrote',
      (path: string) => chown(path, 65_534, 65_534),
      process.geteuid?.() !== 0 && 'only root can give files away',
    ],
  ] as const) {
    test(`that ${what} is none: there is a new one, for its user only`, { skip }, async (t) => {
      const path = join(await scratchFolder(t), 'links.key');
      const key = await keptSecret(path);
      await betray(path);
      const another = await keptSecret(path);
      assert.notEqual(another, key);
      assert.equal(await keptSecret(path), another);
      assert.equal(await rightsOf(path), '600');
    });
  }
});

describe('the place of serve on a state folder', () => {
  const processes =
    (dead: readonly string[]) =>
    (mine: string): Liveness => ({
      mine,
      isDead: async (holder) => dead.includes(holder),
    });

  test('has one holder, who says where it listens; the next one is told', async (t) => {
    const records = await openSqliteRecords(':memory:');
    t.after(() => records.close());
    const as = processes([]);
    const first = await takePlace({ records, liveness: as('1/a') });
    await assert.rejects(takePlace({ records, liveness: as('2/b') }), {
      name: 'ServeRunning',
      message: new RegExp(`process ${process.pid}, about to listen`),
    });
    await first.tell('http://127.0.0.1:8377');
    await assert.rejects(takePlace({ records, liveness: as('2/b') }), /http:\/\/127\.0\.0\.1:8377/);
    await first.leave();
    const second = await takePlace({ records, liveness: as('2/b') });
    await first.leave();
    await assert.rejects(takePlace({ records, liveness: as('3/c') }), { name: 'ServeRunning' });
    await second.leave();
  });

  test('of a dead one is taken, by one of those who come', async (t) => {
    const records = await openSqliteRecords(':memory:');
    t.after(() => records.close());
    const as = processes(['1/a']);
    await takePlace({ records, liveness: as('1/a') });
    const came = await Promise.allSettled(
      ['2/b', '3/c', '4/d'].map((mine) => takePlace({ records, liveness: as(mine) })),
    );
    assert.equal(came.filter(({ status }) => status === 'fulfilled').length, 1);
  });
});
