// Commands that only read: they leave nothing behind, and end well when nobody listens any more.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { picferry, startPicferry } from '../support/picferry.ts';
import { plant, scratchFolder } from '../support/scratch.ts';

describe('a folder without migrations', () => {
  for (const command of [
    ['list', '--json'],
    ['show', '20260101-000000-abcdef'],
    ['report', '20260101-000000-abcdef'],
    ['sync', '--from', '20260101-000000-abcdef'],
  ]) {
    test(`${command[0]} writes nothing into it`, async (t) => {
      const folder = await scratchFolder(t);
      const ran = await picferry([...command, '--state-dir', folder]);
      assert.equal(ran.code, command[0] === 'list' ? 0 : 2, ran.stderr);
      assert.deepEqual(await readdir(folder), []);
    });
  }

  test('list says so, and prints an empty list as JSON', async (t) => {
    const folder = await scratchFolder(t);
    assert.match((await picferry(['list', '--state-dir', join(folder, 'none')])).stdout, /No migrations/);
    const { stdout } = await picferry(['list', '--json', '--state-dir', join(folder, 'none')]);
    assert.deepEqual(JSON.parse(stdout), { migrations: [] });
  });
});

test('a closed pipe (picferry … | head) is no crash, and the exit code still tells', async (t) => {
  const folder = await scratchFolder(t);
  await plant(folder, { 'old/1.jpg': 'one', 'new/': '' });
  await mkdir(join(folder, 'state'), { mode: 0o700 });
  const args = ['sync', './old', './new', '--min-age', '0', '--state-dir', './state'];
  const running = startPicferry(args, { cwd: folder });
  running.process.stdout?.destroy();
  const [code] = (await once(running.process, 'exit')) as [number | null];
  assert.equal(code, 0);
  assert.deepEqual(await readdir(join(folder, 'new')), ['1.jpg']);
});
