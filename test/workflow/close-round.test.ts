// Closing a round clears away what uploads left: where that cannot be done, what was copied counts all the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmbeddedHost } from '../../lib/embedded/host.ts';
import { cancelMigration } from '../../lib/workflow/cancel.ts';
import { uploadsPath } from '../../lib/workflow/paths.ts';
import { itemSk, migrationPk } from '../../lib/workflow/record.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import {
  counts,
  givenFolders,
  givenHost,
  givenPictures,
  pictures,
  request,
  whenItEnds,
} from '../support/embedded-migration.ts';

test('uploads that cannot be abandoned, since the list of them is gone, neither lose outcomes nor fail a cancelled migration', async (t) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(3));
  const said: string[] = [];
  const verify = async ({ migrationId, round }: { readonly migrationId: string; readonly round: number }) => {
    // As Copy commits an upload that is under way; then the file is lost.
    const path = uploadsPath(migrationId, round, 0, 'attempt', 0);
    const item = await host.records.get(migrationPk(migrationId), itemSk(round, 0));
    assert.ok(item);
    await host.records.put({ ...item, uploadsPath: path });
    await cancelMigration(migrationId, host);
    throw new Error('stopped');
  };
  const host: EmbeddedHost = await givenHost(folders, {
    steps: { ...steps, Verify: verify } as never,
    log: (message) => said.push(message),
  });
  const { report } = await whenItEnds(await startMigration(request(folders, 'sync'), host), host);
  assert.equal(report.status, 'cancelled', report.message ?? '');
  assert.deepEqual(counts(report.outcomes), { copied: 3 });
  assert.ok(said.includes('uploads not abandoned'));
});
