// How the tests of the folder store write one picture and name what came of it.
import type { Naming } from '../../../lib/stores/folder/placement.ts';
import { openFolderStore } from '../../../lib/stores/folder/store.ts';
import { createMemoryBudget } from '../../../lib/stores/memory-budget.ts';
import type { OpenPicture, WriteGuard, WriteResult } from '../../../lib/stores/store.ts';

export const memory = createMemoryBudget(1 << 20);
export const open = (path: string, naming?: Naming) =>
  openFolderStore({ type: 'folder', path }, { missingIsEmpty: true, ...(naming ? { naming } : {}) });

export const write = async (
  root: string,
  key: string,
  picture: OpenPicture,
  guard: WriteGuard = { kind: 'create' },
  naming?: Naming,
): Promise<WriteResult> => {
  const store = await open(root, naming);
  const result = await store.write(key, picture, guard, { tags: false }, memory);
  await store.close();
  return result;
};

export const reasonOf = (result: WriteResult): string =>
  result.outcome === 'failed' ? `failed(${result.reason})` : result.outcome;
