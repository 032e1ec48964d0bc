// Opens the store that a spec names, loading no more code than that kind of store needs.
import type { Side } from '../compare/entry.ts';
import type { StoreSpec } from './spec.ts';
import type { Store } from './store.ts';

export interface OpenStoreOptions {
  /** A source has to exist; a destination folder may be missing, and is made by the first write. */
  readonly side: Side;
}

export const openStore = async (spec: StoreSpec, { side }: OpenStoreOptions): Promise<Store> => {
  if (spec.type === 'folder') {
    const { openFolderStore } = await import('./folder/store.ts');
    return openFolderStore(spec, { missingIsEmpty: side === 'destination' });
  }
  const { openS3Store } = await import('./s3/store.ts');
  return openS3Store(spec, {});
};
