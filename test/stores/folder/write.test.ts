// A folder takes whole pictures only, and never in place of another one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { NAMING, type Naming } from '../../../lib/stores/folder/placement.ts';
import type { OpenPicture } from '../../../lib/stores/store.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import { harvest, plant, scratchFolder } from '../../support/scratch.ts';
import { memory, open, reasonOf, write } from './writing.ts';

describe('creating a picture in a folder', () => {
  test('makes the root and the folders on the way, and leaves nothing else behind', async (t) => {
    const root = join(await scratchFolder(t), 'new/server');
    assert.deepEqual(await write(root, 'cam1/pictures/a.jpg', madeUpPicture('picture')), { outcome: 'written' });
    assert.deepEqual(await harvest(root), { 'cam1/pictures/a.jpg': 'picture' });
    assert.deepEqual(await readdir(root), ['cam1']);
  });

  const times: [what: string, ms: number][] = [
    ['a whole second', 1_700_000_000_000],
    ['milliseconds a double cannot hold as seconds', 1_700_000_000_124],
    ['before 1970', -86_400_001],
    ['after 2038', 4_000_000_000_999],
    ['microseconds', 1_700_000_000_123.457],
  ];
  for (const [what, originalTime] of times)
    test(`keeps its original time: ${what}`, async (t) => {
      const root = await scratchFolder(t);
      await write(root, 'a', madeUpPicture('x', { facts: { originalTime } }));
      const { mtimeMs } = await stat(join(root, 'a'));
      assert.equal(Math.floor(mtimeMs), Math.floor(originalTime));
      assert.ok(Math.abs(mtimeMs - originalTime) < 0.002);
    });

  test('takes the store time where the original one is unknown', async (t) => {
    const root = await scratchFolder(t);
    await write(root, 'a', madeUpPicture('x', { facts: { modifiedAt: 1_600_000_000_123 } }));
    assert.equal(Math.floor((await stat(join(root, 'a'))).mtimeMs), 1_600_000_000_123);
  });

  test('never overwrites, not even when something appears at the last moment', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { 'a.jpg': 'was here' });
    const picture = madeUpPicture('other');
    assert.deepEqual(await write(root, 'a.jpg', picture), { outcome: 'occupied' });
    assert.ok(picture.body.destroyed);
    const late: Naming = {
      ...NAMING,
      link: async (from, to) => {
        await writeFile(to, 'just came');
        return NAMING.link(from, to);
      },
    };
    assert.deepEqual(await write(root, 'b.jpg', madeUpPicture('other'), undefined, late), { outcome: 'occupied' });
    assert.deepEqual(await harvest(root), { 'a.jpg': 'was here', 'b.jpg': 'just came' });
  });

  test('of eight writers of one key exactly one wins', async (t) => {
    const root = await scratchFolder(t);
    const store = await open(root);
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        store.write('cam1/a', madeUpPicture(`${n}`.repeat(100_000)), { kind: 'create' }, { tags: false }, memory),
      ),
    );
    assert.deepEqual(results.map(reasonOf).sort(), [...Array(7).fill('occupied'), 'written']);
    const winner = results.findIndex(({ outcome }) => outcome === 'written');
    assert.equal(await readFile(join(root, 'cam1/a'), 'utf8'), `${winner}`.repeat(100_000));
    await store.close();
  });

  test('console folder markers become directories', async (t) => {
    const root = await scratchFolder(t);
    assert.deepEqual(await write(root, 'cam1/raw/', madeUpPicture('')), { outcome: 'written' });
    assert.ok((await stat(join(root, 'cam1/raw'))).isDirectory());
    assert.deepEqual(await write(root, 'cam1/raw/', madeUpPicture('')), { outcome: 'occupied' });
    assert.equal(reasonOf(await write(root, 'cam2/', madeUpPicture('x'))), 'failed(keyNotAllowed)');
    await plant(root, { file: 'x' });
    assert.equal(reasonOf(await write(root, 'file/', madeUpPicture(''))), 'failed(occupiedByFile)');
  });
});

describe('a picture that does not arrive whole keeps nothing', () => {
  const md5 = createHash('md5').update('picture').digest('hex');
  const cases: [what: string, picture: () => OpenPicture, expected: string][] = [
    ['the announced MD5 fits', () => madeUpPicture('picture', { facts: { md5 } }), 'written'],
    ['another MD5', () => madeUpPicture('pictura', { facts: { md5 } }), 'failed(corrupted)'],
    ['too short', () => madeUpPicture('pict', { facts: { size: 7 } }), 'failed(corrupted)'],
    ['too long', () => madeUpPicture('pictures', { facts: { size: 7 } }), 'failed(corrupted)'],
    ['changed meanwhile', () => madeUpPicture('picture', { unchanged: false }), 'changedOnSource'],
    [
      'changed meanwhile, also in size',
      () => madeUpPicture('pict', { facts: { size: 7 }, unchanged: false }),
      'changedOnSource',
    ],
    ['the connection broke', () => madeUpPicture('pict', { breaks: new Error('reset') }), 'failed(sourceUnavailable)'],
  ];
  for (const [what, picture, expected] of cases)
    test(what, async (t) => {
      const root = await scratchFolder(t);
      assert.equal(reasonOf(await write(root, 'a.jpg', picture())), expected);
      assert.deepEqual(await readdir(root), expected === 'written' ? ['a.jpg'] : []);
    });
});

describe('replacing takes the place of exactly what was read', () => {
  const replace = async (root: string, between: () => Promise<unknown>, naming?: Naming) => {
    const store = await open(root);
    const was = await store.facts('a');
    assert.ok(was);
    await between();
    return write(root, 'a', madeUpPicture('new one'), { kind: 'replace', was }, naming);
  };
  const nothing = async () => undefined;

  test('unchanged: replaced', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { a: 'old' });
    assert.deepEqual(await replace(root, nothing), { outcome: 'written' });
    assert.deepEqual(await harvest(root), { a: 'new one' });
  });

  test('unchanged, at a nanosecond that a double rounds up to the next millisecond: replaced', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { a: 'old' });
    execFileSync('touch', ['-d', '2020-01-01 00:00:00.123999999', join(root, 'a')]);
    assert.deepEqual(await replace(root, nothing), { outcome: 'written' });
  });

  const changes: [what: string, change: (path: string) => Promise<unknown>][] = [
    ['another size', (path) => writeFile(path, 'older')],
    ['another time', (path) => utimes(path, 1, 1)],
    ['gone', (path) => rm(path)],
    ['a folder now', async (path) => [await rm(path), await mkdir(path)]],
    ['a link now', async (path) => [await rename(path, `${path}2`), await symlink(`${path}2`, path)]],
  ];
  for (const [what, change] of changes)
    test(`${what}: left alone`, async (t) => {
      const root = await scratchFolder(t);
      await plant(root, { a: 'old' });
      assert.deepEqual(await replace(root, () => change(join(root, 'a'))), { outcome: 'occupied' });
      assert.ok(!Object.values(await harvest(root)).includes('new one'));
    });
});
