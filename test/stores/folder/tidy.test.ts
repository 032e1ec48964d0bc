// What dead runs left half-written goes when somebody is about to write, also where nothing is missing; the living keep theirs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EVERYTHING } from '../../../lib/compare/range.ts';
import { harvest, plant, scratchFolder } from '../../support/scratch.ts';
import { open } from './writing.ts';

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const named = (pid: number): string => `${HOST}-${pid}-0123456789abcdef.tmp`;
/** No process has this number. */
const DEAD = named(999_999_999);
/** In a container a new process often has the number of the one killed before. */
const NUMBER_GIVEN_AGAIN = named(process.pid);
const LIVING = named(process.ppid);

describe('before anything is written', () => {
  test('temporary files of the dead go, and so does their folder', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { [`.picferry/${DEAD}`]: 'x', [`.picferry/${NUMBER_GIVEN_AGAIN}`]: 'x' });
    await (await open(root)).tidy?.();
    assert.deepEqual(await readdir(root), []);
  });

  test('those of the living stay', async (t) => {
    const root = await scratchFolder(t);
    await plant(root, { [`.picferry/${LIVING}`]: 'x' });
    await (await open(root)).tidy?.();
    assert.deepEqual(Object.keys(await harvest(root)), [`.picferry/${LIVING}`]);
  });

  test('a link in the place of their folder is not followed', async (t) => {
    const [root, elsewhere] = [await scratchFolder(t), await scratchFolder(t)];
    await plant(elsewhere, { [DEAD]: 'x' });
    await symlink(elsewhere, join(root, '.picferry'));
    await (await open(root)).tidy?.();
    assert.deepEqual(await readdir(elsewhere), [DEAD]);
  });

  test('a folder that does not exist is not made', async (t) => {
    const root = await scratchFolder(t);
    await (await open(join(root, 'none'))).tidy?.();
    assert.deepEqual(await readdir(root), []);
  });
});

describe('temporary files beside pictures, on another disk below the root', () => {
  const files = {
    [`cam1/.picferry-${DEAD}`]: 'x',
    [`cam1/.picferry-${LIVING}`]: 'x',
    'cam1/.picferry-mine.tmp': 'x',
    'cam1/a.jpg': 'x',
  };
  const listed = async (root: string, writes: boolean): Promise<readonly string[]> => {
    await plant(root, files);
    await mkdir(join(root, 'cam2'));
    const store = await open(root);
    if (writes) await store.tidy?.();
    for await (const _ of store.list(EVERYTHING));
    await store.close();
    return Object.keys(await harvest(root));
  };

  test('those of the dead that a listing came by go when the store is closed', async (t) => {
    const { [`cam1/.picferry-${DEAD}`]: gone, ...others } = files;
    assert.deepEqual(gone, 'x');
    assert.deepEqual([...(await listed(await scratchFolder(t), true))].sort(), Object.keys(others).sort());
  });

  test('whoever only compares removes nothing', async (t) => {
    assert.deepEqual([...(await listed(await scratchFolder(t), false))].sort(), Object.keys(files).sort());
  });
});
