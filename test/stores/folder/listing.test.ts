// A folder is listed in S3's order, whole, and only where it is still the one that was opened.
import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EVERYTHING } from '../../../lib/compare/range.ts';
import { IncompleteListing, StoreRefused } from '../../../lib/stores/errors.ts';
import { plant, scratchFolder } from '../../support/scratch.ts';
import { byBytes, keysOf, listed, open } from './listed.ts';

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
    'cam1/.picferry-00000000-1-0123456789abcdef.tmp': 'x',
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
