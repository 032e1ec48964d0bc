// Whatever keeps a picture from being written is named, and nothing is written around it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { NAMING, type Naming } from '../../../lib/stores/folder/placement.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import { asOrdinaryUser, harvest, plant, scratchFolder } from '../../support/scratch.ts';
import { memory, open, reasonOf, write } from './writing.ts';

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
