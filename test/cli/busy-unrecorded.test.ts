// A pair whose lock another process took a moment ago, and whose migration it has not written down yet: busy like any other.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createProcessLiveness } from '../../lib/embedded/process-liveness.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { pairOf, takeLock } from '../../lib/workflow/lock.ts';
import { picferry } from '../support/picferry.ts';
import { plant, scratchFolder } from '../support/scratch.ts';

for (const flags of [[], ['--json']]) {
  test(`exit 3, naming the migration${flags.length > 0 ? ', without an object that nobody knows yet (--json)' : ''}`, async (t) => {
    const root = await scratchFolder(t);
    const [old, new_, state] = ['old', 'new', 'state'].map((name) => join(root, name)) as [string, string, string];
    await plant(root, { 'old/a.jpg': 'a', 'new/': '' });
    await mkdir(state, { mode: 0o700 });
    const records = await openSqliteRecords(join(state, 'records.sqlite'));
    const host = { records, liveness: await createProcessLiveness(), now: Date.now };
    await takeLock(host, pairOf(old, new_), '20260101-000000-begins', 60_000);
    const { code, stdout, stderr } = await picferry(['sync', old, new_, '--state-dir', state, ...flags]);
    records.close();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^error: migration 20260101-000000-begins is running on this pair; [^\n]*\n$/);
    assert.equal(stdout, '');
  });
}
