import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NAMING, type Naming } from '../../../lib/stores/folder/placement.ts';
import { openFolderStore } from '../../../lib/stores/folder/store.ts';
import { createMemoryBudget } from '../../../lib/stores/memory-budget.ts';
import type { OpenPicture, WriteGuard, WriteResult } from '../../../lib/stores/store.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import { asOrdinaryUser, harvest, plant, scratchFolder } from '../../support/scratch.ts';

const memory = createMemoryBudget(1 << 20);
const open = (path: string, naming?: Naming) =>
  openFolderStore({ type: 'folder', path }, { missingIsEmpty: true, ...(naming ? { naming } : {}) });

const write = async (
  root: string,
  key: string,
  picture: OpenPicture,
  guard: WriteGuard = { kind: 'create' },
  naming?: Naming,
): Promise<WriteResult> => {
  const store = await open(root, naming);
  const result = await store.write(key, picture, guard, { tags: false }, memory);
  await store.close();
  return result;
};

const reasonOf = (result: WriteResult): string =>
  result.outcome === 'failed' ? `failed(${result.reason})` : result.outcome;

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

describe('what stands in the way is named', () => {
  const cases: [what: string, key: string, make: (root: string) => Promise<unknown> | unknown, expected: string][] = [
    ['a folder', 'a', (root) => mkdir(join(root, 'a')), 'failed(occupiedByFolder)'],
    ['a link', 'a', (root) => symlink('nowhere', join(root, 'a')), 'failed(occupiedByLink)'],
    ['a FIFO', 'a', (root) => execFileSync('mkfifo', [join(root, 'a')]), 'failed(occupiedBySpecialFile)'],
    ['a file where a folder is needed', 'a/b/c', (root) => plant(root, { a: 'x' }), 'failed(occupiedByFile)'],
    [
      'a linked folder',
      'd/a',
      async (root) => [await mkdir(join(root, 'real')), await symlink('real', join(root, 'd'))],
      'failed(outsideRoot)',
    ],
    ['a folder linked to the outside', 'd/e/a', (root) => symlink('/tmp', join(root, 'd')), 'failed(outsideRoot)'],
    ['a folder linked to nowhere', 'd/a', (root) => symlink('nowhere', join(root, 'd')), 'failed(outsideRoot)'],
    ['folders linked in a circle', 'd/a', (root) => symlink('d', join(root, 'd')), 'failed(outsideRoot)'],
    ['a key a folder cannot hold', 'a//b', () => undefined, 'failed(keyNotAllowed)'],
    ['a path too long', Array(17).fill('x'.repeat(250)).join('/'), () => undefined, 'failed(nameTooLong)'],
    [
      'something where temporary files belong',
      'a',
      (root) => plant(root, { '.picferry': 'x' }),
      'failed(accessDenied)',
    ],
    [
      'a link where temporary files belong',
      'a',
      (root) => symlink('/tmp', join(root, '.picferry')),
      'failed(accessDenied)',
    ],
  ];
  for (const [what, key, make, expected] of cases)
    test(what, async (t) => {
      const root = await scratchFolder(t);
      await make(root);
      assert.equal(reasonOf(await write(root, key, madeUpPicture('x'))), expected);
    });

  const codes: [code: string, expected: RegExp][] = [
    ['EPERM', /failed\(noHardLinks\)/],
    ['ENOTSUP', /failed\(noHardLinks\)/],
    ['ENOSPC', /failed\(diskFull\)/],
    ['EDQUOT', /failed\(diskFull\)/],
    ['EROFS', /failed\(accessDenied\)/],
    ['EACCES', /failed\(accessDenied\)/],
    ['ENAMETOOLONG', /failed\(nameTooLong\)/],
    ['EINVAL', /failed\(keyNotAllowed\)/],
    ['EIO', /failed\(destinationUnavailable\)/],
  ];
  for (const [code, expected] of codes)
    test(`a file system that says ${code}`, async (t) => {
      const root = await scratchFolder(t);
      const link = async () => {
        throw Object.assign(new Error(code), { code });
      };
      assert.match(reasonOf(await write(root, 'a', madeUpPicture('x'), undefined, { ...NAMING, link })), expected);
      assert.deepEqual(await harvest(root), {});
    });

  test('a folder that may not be written to', async (t) => {
    const root = await scratchFolder(t);
    await chmod(root, 0o555);
    const result = await asOrdinaryUser(() => write(root, 'a', madeUpPicture('x')));
    assert.equal(reasonOf(result), 'failed(accessDenied)');
    const inner = await asOrdinaryUser(() => write(join(root, 'new'), 'a', madeUpPicture('x')));
    assert.equal(reasonOf(inner), 'failed(accessDenied)');
  });

  test('a destination that vanished is not made anew', async (t) => {
    const root = join(await scratchFolder(t), 'disk');
    await mkdir(root);
    const store = await open(root);
    await rename(root, `${root}-unmounted`);
    const result = await store.write('a', madeUpPicture('x'), { kind: 'create' }, { tags: false }, memory);
    assert.equal(reasonOf(result), 'failed(destinationUnavailable)');
    await assert.rejects(lstat(root));
  });
});

describe('another disk mounted below the root', () => {
  /** Links and renames out of the private folder fail as they do across disks. */
  const crossing: Naming = {
    link: async (from, to) => refuseAcross(from, NAMING.link(from.includes('/.picferry/') ? '/nonexistent' : from, to)),
    rename: async (from, to) =>
      refuseAcross(from, NAMING.rename(from.includes('/.picferry/') ? '/nonexistent' : from, to)),
  };
  const refuseAcross = (from: string, work: Promise<void>): Promise<void> =>
    work.catch((error) => {
      throw from.includes('/.picferry/') ? Object.assign(new Error('across'), { code: 'EXDEV' }) : error;
    });

  test('gets its pictures through a temporary file beside them', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { 'cam1/old': 'old' });
    const originalTime = 1_700_000_000_124;
    const picture = () => madeUpPicture('picture', { facts: { originalTime } });
    assert.equal(reasonOf(await write(root, 'cam1/a', picture(), undefined, crossing)), 'written');
    assert.equal(reasonOf(await write(root, 'cam1/a', picture(), undefined, crossing)), 'occupied');
    const was = await (await open(root)).facts('cam1/old');
    assert.ok(was);
    assert.equal(reasonOf(await write(root, 'cam1/old', picture(), { kind: 'replace', was }, crossing)), 'written');
    assert.deepEqual(await harvest(root), { 'cam1/a': 'picture', 'cam1/old': 'picture' });
    assert.equal(Math.floor((await stat(join(root, 'cam1/a'))).mtimeMs), originalTime);
  });
});

describe('what killed runs left', () => {
  const WRITER = fileURLToPath(new URL('../../support/slow-writer.ts', import.meta.url));

  test('kill -9 in the middle of a picture: no half-written one, and the next write sweeps', async (t) => {
    const root = await scratchFolder(t);
    const writer = spawn(process.execPath, [WRITER, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const left = Object.keys(await harvest(root));
    assert.equal(left.length, 1);
    assert.match(left[0] as string, /^\.picferry\//);
    assert.equal(reasonOf(await write(root, 'b', madeUpPicture('x'))), 'written');
    assert.deepEqual(await harvest(root), { b: 'x' });
    assert.deepEqual(await readdir(root), ['b']);
  });

  test('only temporary files are swept: dead ones at once, those of other machines after a day', async (t) => {
    const root = await scratchFolder(t);
    const files = {
      '.picferry/keep-me.txt': '',
      '.picferry/00000000-1-0123456789abcdef.tmp': '',
      'cam1/00000000-1-0123456789abcdef.tmp': '',
    };
    await plant(root, files);
    const store = await open(root);
    assert.equal(await store.sweepTemporaries(), 0);
    assert.equal(await store.sweepTemporaries(Date.now() + 25 * 3_600_000), 1);
    assert.deepEqual(Object.keys(await harvest(root)), [
      '.picferry/keep-me.txt',
      'cam1/00000000-1-0123456789abcdef.tmp',
    ]);
  });
});
