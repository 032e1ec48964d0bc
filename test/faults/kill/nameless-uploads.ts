// Uploads in parts that S3 had begun and no commit names yet: whoever comes after a killed process cannot know of them.
import assert from 'node:assert/strict';
import type { EmbeddedHost } from '../../../lib/embedded/host.ts';
import type { ItemDocument, Uploads } from '../../../lib/workflow/item-document.ts';
import { readJson } from '../../../lib/workflow/lines.ts';
import { itemsPrefix, listMigrations, migrationPk } from '../../../lib/workflow/record.ts';
import type { World } from '../world.ts';

/**
 * Removes the one that may have been begun between S3's answer and the commit, as the bucket's lifecycle rule would. Nothing
 * tells it from an upload of somebody else's under the same key, so Picferry must not.
 */
export const removeNameless = async ({ destination }: World, host: EmbeddedHost): Promise<void> => {
  const uploads = destination.bucket?.uploads;
  if (uploads === undefined || uploads.size === 0) return;
  const named = await namedIn(host);
  const nameless = [...uploads.keys()].filter((id) => !named.has(id));
  assert.ok(nameless.length <= 1, 'one picture at a time begins an upload here');
  for (const id of nameless) uploads.delete(id);
};

const namedIn = async ({ records, files }: EmbeddedHost): Promise<ReadonlySet<string>> => {
  const named = new Set<string>();
  for (const { id, rounds } of await listMigrations(records, { limit: 10 })) {
    for (const { round } of rounds) {
      for await (const { uploadsPath } of records.list<ItemDocument>(migrationPk(id), itemsPrefix(round))) {
        if (uploadsPath === null) continue;
        const open = await readJson<Uploads>(files, uploadsPath);
        for (const { uploadId } of Object.values(open)) named.add(uploadId);
      }
    }
  }
  return named;
};
