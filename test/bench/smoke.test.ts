// Every benchmark still runs: tiny, against servers that need no building; nothing is judged by the clock.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const PROJECT = join(import.meta.dirname, '../..');

test('npm run bench -- --smoke', async () => {
  const argv = [join(PROJECT, 'bench/main.ts'), '--smoke'];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: PROJECT });
  for (const name of ['compare', 'copy', 'sync', 'folders', 'flat', 'memory', 'scale'])
    assert.match(stdout, new RegExp(`== ${name} ==`));
});
