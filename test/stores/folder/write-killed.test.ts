// A killed writer leaves no half-written picture, and what it leaves is swept.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { madeUpPicture } from '../../support/pictures.ts';
import { harvest, plant, scratchFolder } from '../../support/scratch.ts';
import { open, reasonOf, write } from './writing.ts';

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
