// What only report files in a folder have to prove: their paths stay inside, and nothing half-written shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createFolderReportFiles } from '../../lib/embedded/folder-report-files.ts';

const MODULE = new URL('../../lib/embedded/folder-report-files.ts', import.meta.url).href;

describe('report files in a folder', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'picferry-reports-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const path of [
    '../outside',
    'a/../../outside',
    '/etc/passwd',
    'a//b',
    '',
    '.',
    'a/',
    'a\\b',
    'a/.hidden',
    'a\0b',
  ]) {
    test(`refuses ${JSON.stringify(path)}`, async () => {
      const files = createFolderReportFiles(join(folder, 'reports'));
      for (const refused of [() => files.write(path, 'x'), () => files.read(path), () => files.open(path)]) {
        await assert.rejects(refused, /no path of a report file/);
      }
      assert.throws(() => files.where(path), /no path of a report file/);
    });
  }

  test('a process killed while it writes leaves nothing under the name, and the next one clears away what it wrote', async () => {
    const root = join(folder, 'killed');
    const script = `
      const { createFolderReportFiles } = await import(process.argv[1]);
      await createFolderReportFiles(process.argv[2]).writeAll('m/missing.jsonl.gz', (async function* () {
        yield Buffer.from('half');
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      })());`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, MODULE, root]);
    await assert.rejects(run, { signal: 'SIGKILL' });
    assert.deepEqual(await readdir(join(root, 'm')), []);
    assert.equal((await readdir(join(root, '.unfinished'))).length, 1);
    await createFolderReportFiles(root).write('m/report.json', '{}');
    assert.deepEqual(await readdir(join(root, '.unfinished')), []);
  });
});
