// What each migration has to itself while it runs: stores opened afresh, its own pace, and its own share of the process's copies.
import pLimit, { type LimitFunction } from 'p-limit';
import { Pace } from '../stores/pace.ts';
import { serviceNameOf } from '../stores/service-name.ts';
import { createStoreCache, type StoreCache } from '../stores/store-cache.ts';
import type { Records } from '../workflow/ports.ts';
import { readMigration } from '../workflow/record.ts';
import type { MigrationRequest } from '../workflow/request.ts';
import type { Places } from '../workflow/steps/context.ts';
import { createServices } from './services.ts';

export interface Workplace {
  readonly openStore: StoreCache['open'];
  readonly copyPlaces: Places;
  readonly pace: Pace;
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
  shared: LimitFunction,
  around: (open: StoreCache['open']) => StoreCache['open'] = (open) => open,
): Workplaces => {
  const open = new Map<string, Promise<Workplace & { readonly stores: StoreCache }>>();
  const services = createServices(shared);

  const set = async (migrationId: string) => {
    const request = (await readMigration(records, migrationId))?.request;
    const service = request && services.of(serviceWrittenTo(request));
    const pace = new Pace(service && { writes: service.writes });
    const stores = createStoreCache({ pace, ...(service && { onThrottle: service.throttled }) });
    return { stores, pace, openStore: around(stores.open), copyPlaces: placesFor(request, service?.places ?? shared) };
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

/** Where copying ends, as far as that can say "slow down"; else where it begins. undefined between folders. */
const serviceWrittenTo = ({ source, destination }: MigrationRequest): string | undefined =>
  serviceNameOf(destination) ?? serviceNameOf(source);

const placesFor = (request: MigrationRequest | undefined, shared: Places): Places => {
  const concurrency = request?.options.concurrency;
  return concurrency === undefined ? shared : within(concurrency, shared);
};

/** Its own place first: whoever waits for one of those must not hold one that others could use. */
const within = (concurrency: number, shared: Places): Places => {
  const own = pLimit(concurrency);
  return (work) => own(() => shared(work));
};
