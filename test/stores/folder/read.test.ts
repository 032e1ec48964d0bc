// A folder hands out exactly what was listed, or says why not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { openFolderStore } from '../../../lib/stores/folder/store.ts';
import { type OpenPicture, type ReadRefusal, wasOpened } from '../../../lib/stores/store.ts';
import { asOrdinaryUser, openToAll, plant, scratchFolder } from '../../support/scratch.ts';

const open = (path: string) => openFolderStore({ type: 'folder', path }, { missingIsEmpty: false });
const LATER = Date.now() + 3_600_000;
const read = async (root: string, key: string, size: number, listedAt = LATER) =>
  (await open(root)).read(key, { size, listedAt }, { tags: false });

const opened = (picture: OpenPicture | ReadRefusal): OpenPicture => {
  assert.ok(wasOpened(picture), JSON.stringify(picture));
  return picture;
};

describe('a picture is read as the version that was listed', () => {
  test('with its bytes, time and type', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { 'cam1/a.JPG': 'picture' });
    await utimes(join(root, 'cam1/a.JPG'), 1_700_000_000.25, 1_700_000_000.25);
    const { facts, body, unchanged } = opened(await read(root, 'cam1/a.JPG', 7));
    assert.equal((await buffer(body)).toString(), 'picture');
    assert.equal(await unchanged(), true);
    const { version, ...told } = facts;
    assert.match(version!, /^\d+-\d+$/);
    assert.deepEqual(told, {
      size: 7,
      modifiedAt: 1_700_000_000_250,
      contentType: 'image/jpeg',
      metadata: {},
      originalTime: 1_700_000_000_250,
    });
  });

  test('large ones are streamed whole', async (t) => {
    const root = await scratchFolder(t);
    const content = Buffer.alloc(1_000_003, 'abc');
    await plant(root, { 'a.dng': content });
    const picture = opened(await read(root, 'a.dng', content.length));
    assert.deepEqual(await buffer(picture.body), content);
    assert.equal(await picture.unchanged(), true);
  });

  test('empty ones too', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { empty: '' });
    const picture = opened(await read(root, 'empty', 0));
    assert.equal((await buffer(picture.body)).length, 0);
    assert.equal(await picture.unchanged(), true);
  });

  test('of another size, or written after the listing began, it has changed', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { a: 'abc' });
    assert.deepEqual(await read(root, 'a', 4), { outcome: 'changedOnSource' });
    assert.deepEqual(await read(root, 'a', 3, Date.now() - 60_000), { outcome: 'changedOnSource' });
  });

  test("a camera's clock in the future is no change", async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { a: 'abc' });
    await utimes(join(root, 'a'), 4_000_000_000, 4_000_000_000);
    opened(await read(root, 'a', 3, Date.now() + 1_000)).body.destroy();
  });

  const changes: [what: string, change: (path: string) => Promise<void>][] = [
    ['appended to', (path) => appendFile(path, 'more')],
    ['cut', (path) => truncate(path, 10)],
    ['rewritten in place', (path) => writeFile(path, Buffer.alloc(600_000, 'y'))],
    ['removed', (path) => rm(path)],
    [
      'replaced by one of the same size and time',
      async (path) => {
        await writeFile(`${path}2`, Buffer.alloc(600_000, 'z'));
        await utimes(`${path}2`, 1_700_000_000, 1_700_000_000);
        await rename(`${path}2`, path);
      },
    ],
  ];
  for (const [what, change] of changes)
    test(`${what} while being read, it has changed`, async (t) => {
      const root = await scratchFolder(t);
      const path = join(root, 'a');
      await writeFile(path, Buffer.alloc(600_000, 'x'));
      await utimes(path, 1_700_000_000, 1_700_000_000);
      const picture = opened(await read(root, 'a', 600_000));
      await change(path);
      assert.ok((await buffer(picture.body)).length <= 600_000);
      assert.equal(await picture.unchanged(), false);
    });
});

describe('what cannot be read as a picture says why', () => {
  const refusals: [what: string, key: string, expected: object, make: (root: string) => Promise<unknown> | unknown][] =
    [
      ['gone', 'a', { outcome: 'goneFromSource' }, () => undefined],
      ['gone with its folder', 'cam1/a', { outcome: 'goneFromSource' }, () => undefined],
      ['a file where its folder was', 'cam1/a', { outcome: 'goneFromSource' }, (root) => plant(root, { cam1: 'x' })],
      ['a folder now', 'a', { outcome: 'goneFromSource' }, (root) => mkdir(join(root, 'a'))],
      ['a link', 'a', { outcome: 'failed', reason: 'link' }, (root) => symlink('/etc/hostname', join(root, 'a'))],
      [
        'a FIFO',
        'a',
        { outcome: 'failed', reason: 'specialFile' },
        (root) => execFileSync('mkfifo', [join(root, 'a')]),
      ],
      [
        'behind a linked folder',
        'd/a',
        { outcome: 'failed', reason: 'outsideRoot' },
        async (root) => {
          await plant(root, { 'real/a': 'x' });
          await symlink(join(root, 'real'), join(root, 'd'));
        },
      ],
      ['a name that is no UTF-8', 'a\udce9', { outcome: 'failed', reason: 'notUtf8' }, () => undefined],
      ['a key outside the root', '../a', { outcome: 'failed', reason: 'keyNotAllowed' }, () => undefined],
    ];
  for (const [what, key, expected, make] of refusals)
    test(what, async (t) => {
      const root = await scratchFolder(t);
      await make(root);
      const refusal = await read(root, key, 1);
      assert.ok(!wasOpened(refusal));
      assert.deepEqual({ ...refusal, detail: undefined }, { ...expected, detail: undefined });
    });

  test('a socket', async (t) => {
    const root = await scratchFolder(t);
    const server = createServer().listen(join(root, 's'));
    t.after(() => server.close());
    assert.equal(Object(await read(root, 's', 0)).reason, 'specialFile');
  });

  test('a file or a folder nobody lets us read', async (t) => {
    const root = await scratchFolder(t);
    await openToAll(root);
    await plant(root, { a: 'x', 'd/a': 'x' });
    await chmod(join(root, 'a'), 0);
    await chmod(join(root, 'd'), 0);
    await asOrdinaryUser(async () => {
      assert.equal(Object(await read(root, 'a', 1)).reason, 'unreadable');
      assert.equal(Object(await read(root, 'd/a', 1)).reason, 'unreadable');
    });
  });

  test('a source that vanished as a whole: its pictures are not "gone"', async (t) => {
    const root = join(await scratchFolder(t), 'source');
    await plant(root, { a: 'x' });
    const store = await open(root);
    await rename(root, `${root}-away`);
    const refusal = await store.read('a', { size: 1, listedAt: LATER }, { tags: false });
    assert.deepEqual(
      { ...refusal, detail: undefined },
      { outcome: 'failed', reason: 'sourceUnavailable', detail: undefined },
    );
    assert.match(Object(refusal).detail, /has vanished/);
  });
});

describe('--checksum', () => {
  test('hashes a file, and does not judge what it cannot read', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { a: 'hello' });
    const store = await open(root);
    const entry = { key: 'a', size: 5, modifiedAt: 0 };
    assert.equal(await store.md5(entry), '5d41402abc4b2a76b9719d911017c592');
    assert.equal(await store.md5({ ...entry, size: 6 }), undefined);
    assert.equal(await store.md5({ ...entry, key: 'b' }), undefined);
    assert.equal(await store.md5({ ...entry, problem: 'link' }), undefined);
  });
});
