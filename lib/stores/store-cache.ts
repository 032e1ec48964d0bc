// Opens every store once per process and side: its connections and credentials serve all steps that ask for it.
import type { Side } from '../compare/entry.ts';
import { openStore, type ServiceOptions } from './open-store.ts';
import type { StoreSpec } from './spec.ts';
import type { Store } from './store.ts';

export interface StoreCache {
  open(spec: StoreSpec, side: Side): Promise<Store>;
  close(): Promise<void>;
}

export const createStoreCache = (options: ServiceOptions = {}): StoreCache => {
  const opened = new Map<string, Promise<Store>>();

  const open = (spec: StoreSpec, side: Side): Promise<Store> => {
    const name = JSON.stringify([side, spec]);
    const found = opened.get(name);
    if (found) return found;
    const store = openStore(spec, { side, ...options });
    opened.set(name, store);
    // What could not be opened is tried afresh the next time somebody asks.
    store.catch(() => opened.delete(name));
    return store;
  };

  const close = async (): Promise<void> => {
    const stores = await Promise.allSettled(opened.values());
    opened.clear();
    await Promise.all(stores.map((store) => store.status === 'fulfilled' && store.value.close()));
  };

  return { open, close };
};
