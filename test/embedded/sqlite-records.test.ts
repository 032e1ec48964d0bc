// What only SQLite's Records have to prove: several processes on one file, and a clean stderr.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';

const MODULE = new URL('../../lib/embedded/sqlite-records.ts', import.meta.url).href;

describe('records on SQLite', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'picferry-sqlite-'));
  });
  after(() => rm(folder, { recursive: true }));

  const inAnotherProcess = (script: string, file: string) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, MODULE, file]);

  test('several processes make one file together and lose no write', async () => {
    const file = join(folder, 'shared.sqlite');
    // Each adds 50 to one counter, reading and writing under the version it read.
    const script = `
      const { openSqliteRecords } = await import(process.argv[1]);
      const records = await openSqliteRecords(process.argv[2]);
      for (let done = 0; done < 50; ) {
        const found = await records.get('counter', 'a');
        const next = { pk: 'counter', sk: 'a', version: (found?.version ?? 0) + 1 };
        if (await records.put(next, found ? { version: found.version } : 'absent')) done++;
      }`;
    const ended = await Promise.all(Array.from({ length: 4 }, () => inAnotherProcess(script, file)));
    for (const { stderr } of ended) assert.equal(stderr, '');
    const records = await openSqliteRecords(file);
    assert.equal((await records.get('counter', 'a'))?.version, 200);
    records.close();
  });

  test('what was put is still there when the process is killed', async () => {
    const file = join(folder, 'killed.sqlite');
    const script = `
      const { openSqliteRecords } = await import(process.argv[1]);
      const records = await openSqliteRecords(process.argv[2]);
      await records.put({ pk: 'kept', sk: 'a' });
      process.kill(process.pid, 'SIGKILL');`;
    await assert.rejects(inAnotherProcess(script, file), { signal: 'SIGKILL' });
    const records = await openSqliteRecords(file);
    assert.deepEqual(await records.get('kept', 'a'), { pk: 'kept', sk: 'a' });
    records.close();
  });

  const FILES = ['', '-wal', '-shm'];
  const rightsOf = async (file: string, ending: string) => ((await stat(`${file}${ending}`)).mode & 0o777).toString(8);

  test('are for their user only, and those of an earlier version become so', async () => {
    const file = join(folder, 'rights.sqlite');
    const umask = process.umask(0o022);
    try {
      const records = await openSqliteRecords(file);
      await records.put({ pk: 'kept', sk: 'a' });
      for (const ending of FILES) assert.equal(await rightsOf(file, ending), '600', ending);
      for (const ending of FILES) await chmod(`${file}${ending}`, 0o644);
      const others = await openSqliteRecords(file);
      for (const ending of FILES) assert.equal(await rightsOf(file, ending), '600', ending);
      assert.deepEqual(await others.get('kept', 'a'), { pk: 'kept', sk: 'a' });
      others.close();
      records.close();
    } finally {
      process.umask(umask);
    }
  });

  const skip = process.geteuid?.() !== 0 && 'only root can give files away';
  test('of another user are refused', { skip }, async () => {
    const file = join(folder, 'planted.sqlite');
    await writeFile(file, '', { mode: 0o600 });
    await chown(file, 65_534, 65_534);
    await assert.rejects(openSqliteRecords(file), { name: 'UsageError', message: /uid 65534.*--state-dir/ });
  });

  test('a list longer than a page is complete', async () => {
    const records = await openSqliteRecords(join(folder, 'pages.sqlite'));
    const names = Array.from({ length: 1_200 }, (_, i) => `task#${String(i).padStart(6, '0')}`);
    for (const sk of names) await records.put({ pk: 'm', sk });
    const seen: string[] = [];
    for await (const { sk } of records.list('m', 'task#')) seen.push(sk);
    assert.deepEqual(seen, names);
    records.close();
  });
});
