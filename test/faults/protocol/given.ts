// Given: a check that has ended, made by the product itself, and what a migration that copies from it finds in its files.

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { addressOf } from '../../../lib/stores/spec.ts';
import { requestFrom } from '../../../lib/workflow/from.ts';
import { pairOf } from '../../../lib/workflow/lock.ts';
import { copyPlanPath, planPath } from '../../../lib/workflow/paths.ts';
import type { Document } from '../../../lib/workflow/ports.ts';
import { migrationPk } from '../../../lib/workflow/record.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { givenFolders, givenHost, givenPictures, request, whenItEnds } from '../../support/embedded-migration.ts';
import type { Given } from './hands.ts';
import { type Cast, IDS } from './programs.ts';

const PICTURES = ['b.jpg', 'a.jpg'];

export const givenCast = async (context: Cleanup): Promise<Cast & { readonly pair: string }> => {
  const folders = await givenFolders(context);
  await givenPictures(folders.source, Object.fromEntries(PICTURES.map((key) => [key, '.'])));
  const host = await givenHost(folders);
  const { id: earlierId } = await whenItEnds(await startMigration(request(folders, 'check'), host, { id: 'M0' }), host);
  const documents: Document[] = [];
  for await (const one of host.records.list(migrationPk(earlierId), '')) documents.push(one);
  const from = await requestFrom({ from: earlierId, only: 'missing' }, host);
  if (from.kind === 'refused') throw new Error(from.message);
  const { id } = await whenItEnds(await startMigration(from.request, host, { id: 'M1' }), host);

  const root = join(folders.stateDir, 'reports');
  const files = new Map<string, Buffer>();
  for (const one of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(one.parentPath, one.name);
    if (one.isFile() && path.includes('/M0/')) files.set(relative(root, path), await readFile(path));
  }
  for (const path of [planPath, copyPlanPath]) {
    const planned = await readFile(join(root, path(id, 1)));
    for (const one of IDS) files.set(path(one, 1), planned);
  }
  const { source, destination } = from.request;
  const pair = pairOf(addressOf(source), addressOf(destination));
  const given: Given = { earlierId, documents, files, pictures: [...PICTURES].sort() };
  return { given, request: from.request, pair };
};
