// What each migration has to itself while it runs: stores opened afresh, and its own share of the process's copies.
import pLimit from 'p-limit';
import { createStoreCache, type StoreCache } from '../stores/store-cache.ts';
import type { Records } from '../workflow/ports.ts';
import { readMigration } from '../workflow/record.ts';
import type { Places } from '../workflow/steps/context.ts';

export interface Workplace {
  readonly openStore: StoreCache['open'];
  readonly copyPlaces: Places;
}

export interface Workplaces {
  of(migrationId: string): Promise<Workplace>;
  /** Lets go of what the migration opened. Harmless where there is nothing. */
  leave(migrationId: string): Promise<void>;
}

/**
 * A store remembers which folder it was opened on, so as to notice a disk that is unmounted while it is read. Kept from
 * one migration to the next it would refuse a disk that was mounted again, for as long as the process lives.
 */
export const createWorkplaces = (
  records: Records,
  shared: Places,
  around: (open: StoreCache['open']) => StoreCache['open'] = (open) => open,
): Workplaces => {
  const open = new Map<string, Promise<Workplace & { readonly stores: StoreCache }>>();

  const set = async (migrationId: string) => {
    const { concurrency } = (await readMigration(records, migrationId))?.request?.options ?? {};
    const stores = createStoreCache();
    return {
      stores,
      openStore: around(stores.open),
      copyPlaces: concurrency === undefined ? shared : within(concurrency, shared),
    };
  };

  const of = (migrationId: string): Promise<Workplace> => {
    const found = open.get(migrationId) ?? set(migrationId);
    open.set(migrationId, found);
    return found;
  };

  const leave = async (migrationId: string): Promise<void> => {
    const found = open.get(migrationId);
    open.delete(migrationId);
    await (await found)?.stores.close();
  };

  return { of, leave };
};

/** Its own place first: whoever waits for one of those must not hold one that others could use. */
const within = (concurrency: number, shared: Places): Places => {
  const own = pLimit(concurrency);
  return (work) => own(() => shared(work));
};
