// Opens the store that a spec names, loading no more code than that kind of store needs.
import type { Side } from '../compare/entry.ts';
import type { Pace } from './pace.ts';
import type { StoreSpec } from './spec.ts';
import type { Store } from './store.ts';

export interface OpenStoreOptions {
  /** A source has to exist; a destination folder may be missing, and is made by the first write. */
  readonly side: Side;
}

/** What whoever runs the process hands to every store of a service. */
export interface ServiceOptions {
  /** Called for every answer that says "slow down". */
  readonly onThrottle?: () => void;
  /** How fast its requests may leave. */
  readonly pace?: Pace;
  /** The keys of a store's secret: only a deployment can read one. */
  readonly keysOfSecret?: (name: string) => Promise<ServiceKeys>;
}

export interface ServiceKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const openStore = async (
  spec: StoreSpec,
  { side, onThrottle, pace, keysOfSecret }: OpenStoreOptions & ServiceOptions,
): Promise<Store> => {
  if (spec.type === 'folder') {
    const { openFolderStore } = await import('./folder/store.ts');
    return openFolderStore(spec, { missingIsEmpty: side === 'destination' });
  }
  const { openS3Store } = await import('./s3/store.ts');
  const { secret } = spec;
  return openS3Store(spec, {
    ...(onThrottle && { onThrottle }),
    ...(pace && { pace }),
    ...(secret !== undefined && keysOfSecret && { credentials: () => keysOfSecret(secret) }),
  });
};
