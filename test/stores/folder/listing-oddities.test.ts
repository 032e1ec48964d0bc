// What a folder holds beside readable pictures is listed with its problem, or stops the listing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EVERYTHING } from '../../../lib/compare/range.ts';
import { IncompleteListing } from '../../../lib/stores/errors.ts';
import { asOrdinaryUser, openToAll, plant, scratchFolder } from '../../support/scratch.ts';
import { keysOf, listed, open } from './listed.ts';

describe('nothing in a folder is skipped silently', () => {
  test('links, special files and odd names are entries with their problem, and no link is followed', async (t) => {
    const root = await scratchFolder(t);
    const outside = await scratchFolder(t);
    await plant(outside, { 'secret.jpg': 'x' });
    await plant(root, { 'real.jpg': 'x' });
    await symlink(outside, join(root, 'folder-link'));
    await symlink(join(root, 'real.jpg'), join(root, 'file-link'));
    await symlink('nowhere', join(root, 'dangling'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const server = createServer().listen(join(root, 'socket'));
    t.after(() => server.close());
    await writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), 'abc');
    await mkdir(Buffer.concat([Buffer.from(`${root}/d`), Buffer.from([0xff])]));
    await writeFile(Buffer.concat([Buffer.from(`${root}/d`), Buffer.from([0xff]), Buffer.from('/in.jpg')]), 'ab');
    await writeFile(join(root, 'really-\ufffd.jpg'), 'a');
    const entries = await listed(await open(root));
    assert.deepEqual(
      entries.map(({ key, size, problem, directory }) => [key, size, problem ?? (directory ? 'directory?' : '')]),
      [
        ['caf\udce9', 3, 'notUtf8'],
        ['dangling', 0, 'link'],
        ['d\udcff/', 0, 'notUtf8'],
        ['d\udcff/in.jpg', 2, 'notUtf8'],
        ['fifo', 0, 'specialFile'],
        ['file-link', 0, 'link'],
        ['folder-link', 0, 'link'],
        ['real.jpg', 1, ''],
        ['really-\ufffd.jpg', 1, ''],
        ['socket', 0, 'specialFile'],
      ],
    );
  });

  test('a file nobody lets us read is an entry with its problem', async (t) => {
    const root = await scratchFolder(t);
    await openToAll(root);
    await plant(root, { 'locked.jpg': 'x', 'open.jpg': 'x' });
    await chmod(join(root, 'locked.jpg'), 0);
    const entries = await asOrdinaryUser(async () => listed(await open(root)));
    assert.deepEqual(
      entries.map(({ key, problem }) => [key, problem]),
      [
        ['locked.jpg', 'unreadable'],
        ['open.jpg', undefined],
      ],
    );
  });

  for (const [what, mode] of [
    ['nobody lets us read', 0o000],
    ['nobody lets us enter', 0o444],
  ] as const)
    test(`a folder ${what} makes the listing incomplete, and is named`, async (t) => {
      const root = await scratchFolder(t);
      await openToAll(root);
      await plant(root, { 'cam1/a.jpg': 'x', 'cam2/a.jpg': 'x' });
      await chmod(join(root, 'cam2'), mode);
      await asOrdinaryUser(async () => {
        const store = await open(root);
        await assert.rejects(
          listed(store),
          (error: Error) => error instanceof IncompleteListing && /cam2/.test(error.message),
        );
        // A range beside it does not have to look.
        assert.deepEqual(keysOf(await listed(store, { after: '', upTo: 'cam1/z' })), ['cam1/', 'cam1/a.jpg']);
      });
    });

  test('what a killed sync into a folder further down left half-written is no picture', async (t) => {
    const root = await scratchFolder(t);
    const private_ = 'cam1/.picferry';
    await plant(root, {
      'cam1/a.jpg': 'x',
      [`${private_}/01234567-999-0123456789abcdef.tmp`]: 'half',
      [`${private_}/mine.jpg`]: 'x',
    });
    assert.deepEqual(
      (await listed(await open(root))).filter(({ directory }) => !directory).map(({ key }) => key),
      [`${private_}/mine.jpg`, 'cam1/a.jpg'],
    );
  });

  test('a folder that vanishes while being walked makes the listing incomplete', async (t) => {
    const root = await scratchFolder(t);
    const first = Object.fromEntries(Array.from({ length: 1_100 }, (_, index) => [`a/${index}`, '']));
    await plant(root, { ...first, 'b/x': '' });
    const pages = (await open(root)).list(EVERYTHING)[Symbol.asyncIterator]();
    await pages.next();
    await rm(join(root, 'b'), { recursive: true });
    const rest = async () => {
      while (!(await pages.next()).done);
    };
    await assert.rejects(rest(), IncompleteListing);
  });

  test('a file that vanishes while being walked is simply gone', async (t) => {
    const root = await scratchFolder(t);
    const names = Array.from({ length: 1_100 }, (_, index) => `${1_000 + index}`);
    await plant(root, Object.fromEntries(names.map((name) => [name, ''])));
    const pages = (await open(root)).list(EVERYTHING)[Symbol.asyncIterator]();
    await pages.next();
    await rm(join(root, '2099'));
    const rest: string[] = [];
    for (let page = await pages.next(); !page.done; page = await pages.next()) rest.push(...keysOf(page.value.entries));
    assert.ok(rest.includes('2098') && !rest.includes('2099'));
  });
});
