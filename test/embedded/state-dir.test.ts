// Which state folders are worked with: the user's own, that nobody else can put anything into.
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openEmbedded } from '../../lib/embedded/host.ts';
import { openStateDir } from '../../lib/embedded/state-dir.ts';
import { asOrdinaryUser, scratchFolder } from '../support/scratch.ts';

describe('a state folder', () => {
  test('that does not exist is made for its user only', async (t) => {
    const folder = join(await scratchFolder(t), 'a', 'state');
    await openStateDir(folder);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    await openStateDir(folder);
  });

  for (const [mode, isRefused] of [
    [0o700, false],
    [0o755, false],
    [0o775, true],
    [0o757, true],
    [0o1777, true],
  ] as const) {
    test(`of rights ${mode.toString(8)} is ${isRefused ? 'refused: others may write to it' : 'fine'}`, async (t) => {
      const folder = join(await scratchFolder(t), 'state');
      await mkdir(folder);
      await chmod(folder, mode);
      const opened = openStateDir(folder);
      if (isRefused) await assert.rejects(opened, { name: 'UsageError', message: /others? .*write.*--state-dir/ });
      else await opened;
    });
  }

  test("of root's is refused to others", () =>
    asOrdinaryUser(() => assert.rejects(openStateDir('/'), { name: 'UsageError', message: /uid 0.*--state-dir/ })));

  const skip = process.geteuid?.() !== 0 && 'only root can give folders away';
  test('of another user is refused to root, too, behind a link as well, before anything is in it', {
    skip,
  }, async (t) => {
    const root = await scratchFolder(t);
    const folder = join(root, 'state');
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, 65_534, 65_534);
    await symlink(folder, join(root, 'link'));
    for (const stateDir of [folder, join(root, 'link')]) {
      await assert.rejects(openEmbedded({ stateDir }), { name: 'UsageError', message: /uid 65534/ });
    }
    assert.deepEqual(await readdir(folder), []);
  });
});
