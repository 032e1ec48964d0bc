// How the tests of the folder store look at listings.
import type { Entry } from '../../../lib/compare/entry.ts';
import { EVERYTHING, type Range } from '../../../lib/compare/range.ts';
import { openFolderStore } from '../../../lib/stores/folder/store.ts';
import type { Store } from '../../../lib/stores/store.ts';

export const open = (path: string, missingIsEmpty = false) =>
  openFolderStore({ type: 'folder', path }, { missingIsEmpty });

export const listed = async (store: Store, range: Range = EVERYTHING): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for await (const page of store.list(range)) entries.push(...page.entries);
  return entries;
};
export const keysOf = (entries: readonly Entry[]): string[] => entries.map(({ key }) => key);

/** The order S3 lists in, told by other code than the one under test. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
