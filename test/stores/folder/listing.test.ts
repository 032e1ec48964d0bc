import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../../lib/compare/entry.ts';
import { EVERYTHING, type Range } from '../../../lib/compare/range.ts';
import { IncompleteListing, StoreRefused } from '../../../lib/stores/errors.ts';
import { openFolderStore } from '../../../lib/stores/folder/store.ts';
import type { Store } from '../../../lib/stores/store.ts';
import { asOrdinaryUser, openToAll, plant, scratchFolder } from '../../support/scratch.ts';

const open = (path: string, missingIsEmpty = false) => openFolderStore({ type: 'folder', path }, { missingIsEmpty });

const listed = async (store: Store, range: Range = EVERYTHING): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for await (const page of store.list(range)) entries.push(...page.entries);
  return entries;
};
const keysOf = (entries: readonly Entry[]): string[] => entries.map(({ key }) => key);

/** The order S3 lists in, told by other code than the one under test. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('a folder is listed as S3 would list it', () => {
  test('a directory sorts as its name with a slash', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { 'cam1/b': '', 'cam1-': '', 'cam1.jpg': '', cam10: '', 'cam1/a/z': '', cam: '', 'cam0/x': '' });
    assert.deepEqual(keysOf(await listed(await open(root))), [
      'cam',
      'cam0/',
      'cam0/x',
      'cam1-',
      'cam1.jpg',
      'cam1/',
      'cam1/a/',
      'cam1/a/z',
      'cam1/b',
      'cam10',
    ]);
  });

  test('entries carry size and time, directories say so', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { 'cam1/a.jpg': 'hello' });
    await utimes(join(root, 'cam1/a.jpg'), 1_700_000_000.25, 1_700_000_000.25);
    await utimes(join(root, 'cam1'), 1_600_000_000, 1_600_000_000);
    assert.deepEqual(await listed(await open(root)), [
      { key: 'cam1/', size: 0, modifiedAt: 1_600_000_000_000, directory: true },
      { key: 'cam1/a.jpg', size: 5, modifiedAt: 1_700_000_000_250 },
    ]);
  });

  test('any tree, any range: every key within it, once, in byte order', async (t) => {
    const segment = fc.constantFrom('a', 'a-', 'a0', 'b', 'é', 'e\u0301', '\uffee', '\u{1f4f7}', ' ', '+', '~', '\\');
    const file = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `${segments.join('/')}.jpg`);
    const bound = fc.oneof(
      file,
      file.map((key) => key.replace(/[^/]*$/, '')),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(file, { maxLength: 12 }), bound, fc.option(bound), async (files, after, upTo) => {
        const root = await scratchFolder(t);
        await plant(root, Object.fromEntries(files.map((key) => [key, ''])));
        const folders = new Set(
          files.flatMap((key) => [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index + 1))),
        );
        const expected = [...files, ...folders]
          .sort(byBytes)
          .filter((key) => byBytes(key, after) > 0 && (upTo === null || byBytes(key, upTo) <= 0));
        assert.deepEqual(keysOf(await listed(await open(root), { after, upTo })), expected);
        await rm(root, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });

  test('pages stay small in a large folder, and all begin at the same time', async (t) => {
    const root = await scratchFolder(t);
    await mkdir(join(root, 'cam1'));
    const names = Array.from({ length: 2_500 }, (_, index) => `cam1/${10_000 + index}.jpg`);
    await Promise.all(names.map((name) => writeFile(join(root, name), '')));
    const before = Date.now();
    const pages = [];
    for await (const page of (await open(root)).list(EVERYTHING)) pages.push(page);
    assert.deepEqual(
      pages.flatMap(({ entries }) => keysOf(entries)),
      ['cam1/', ...names],
    );
    assert.ok(pages.every(({ entries }) => entries.length < 1_100));
    assert.equal(new Set(pages.map(({ at }) => at)).size, 1);
    assert.ok(pages[0] && pages[0].at >= before && pages[0].at <= Date.now());
  });

  test('prefixes are the directories directly below', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { 'cam10/a': '', 'cam1/raw/x': '', 'cam1/jpg/x': '', 'cam1.txt': '', '.picferry/x.tmp': '' });
    await symlink(join(root, 'cam1'), join(root, 'cam2'));
    const store = await open(root);
    assert.deepEqual(await store.prefixesBelow('', 10), { prefixes: ['cam1/', 'cam10/'], requests: 1 });
    assert.deepEqual(await store.prefixesBelow('cam1/', 10), { prefixes: ['cam1/jpg/', 'cam1/raw/'], requests: 1 });
    for (const elsewhere of ['nowhere/', '../', 'cam1.txt/', 'cam2/', 'a//', 'cam1/../'])
      assert.deepEqual((await store.prefixesBelow(elsewhere, 10)).prefixes, [], elsewhere);
  });
});

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

  test('a folder that vanishes while being walked makes the listing incomplete', async (t) => {
    const root = await scratchFolder(t);
    const first = Object.fromEntries(Array.from({ length: 1_100 }, (_, index) => [`a/${index}`, '']));
    await plant(root, { ...first, 'b/x': '' });
    const pages = (await open(root)).list(EVERYTHING)[Symbol.asyncIterator]();
    await pages.next();
    await rm(join(root, 'b'), { recursive: true });
    await assert.rejects(Promise.resolve(pages.next()), IncompleteListing);
  });

  test('a file that vanishes while being walked is simply gone', async (t) => {
    const root = await scratchFolder(t);
    const names = Array.from({ length: 1_100 }, (_, index) => `${1_000 + index}`);
    await plant(root, Object.fromEntries(names.map((name) => [name, ''])));
    const pages = (await open(root)).list(EVERYTHING)[Symbol.asyncIterator]();
    await pages.next();
    await rm(join(root, '2099'));
    const second = await pages.next();
    assert.ok(!second.done && !keysOf(second.value.entries).includes('2099') && second.value.entries.length > 0);
  });
});

describe('a folder that is not there', () => {
  test('is refused as a source, by name', async (t) => {
    const root = await scratchFolder(t);
    await assert.rejects(
      open(join(root, 'gone')),
      (error: Error) => error instanceof StoreRefused && /gone/.test(error.message),
    );
    await plant(root, { file: 'x' });
    await assert.rejects(open(join(root, 'file')), /is not a folder/);
    await assert.rejects(open(join(root, 'file'), true), /is not a folder/);
  });

  test('is empty as a destination, and nothing is made by looking', async (t) => {
    const root = await scratchFolder(t);
    const store = await open(join(root, 'new'), true);
    assert.deepEqual(await listed(store), []);
    assert.deepEqual((await store.prefixesBelow('', 1)).prefixes, []);
    assert.equal(await store.facts('a'), undefined);
    await store.close();
    assert.deepEqual(keysOf(await listed(await open(root))), []);
  });

  test('having vanished or been replaced is never an empty listing', async (t) => {
    const root = await scratchFolder(t);
    for (const missingIsEmpty of [false, true]) {
      const path = join(root, `store-${missingIsEmpty}`);
      await plant(path, { a: 'x' });
      const store = await open(path, missingIsEmpty);
      await rename(path, `${path}-away`);
      await assert.rejects(
        listed(store),
        (error: Error) => error instanceof StoreRefused && /has vanished/.test(error.message),
      );
      // As an unmounted disk leaves it: an empty folder of the same name.
      await mkdir(path);
      await assert.rejects(
        listed(store),
        (error: Error) => error instanceof IncompleteListing && /replaced/.test(error.message),
      );
    }
  });
});

test("Picferry's own files are never listed, a file of that name is", async (t) => {
  const root = await scratchFolder(t);
  await plant(root, {
    '.picferry/x.tmp': 'x',
    'cam1/.picferry/a.jpg': 'x',
    'cam1/.picferry-0123456789abcdef.tmp': 'x',
    'cam1/.picferry-mine.tmp': 'x',
  });
  assert.deepEqual(keysOf(await listed(await open(root))), [
    'cam1/',
    'cam1/.picferry-mine.tmp',
    'cam1/.picferry/',
    'cam1/.picferry/a.jpg',
  ]);
  const other = await scratchFolder(t);
  await plant(other, { '.picferry': 'x' });
  assert.deepEqual(keysOf(await listed(await open(other))), ['.picferry']);
});
