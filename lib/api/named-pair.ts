// From the names in a request to the stores they stand for: whatever is not on the allow-list is refused before anything starts.
import { SIDES, type Side } from '../compare/entry.ts';
import { addressOf, type StoreSpec } from '../stores/spec.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { MigrationRequest } from '../workflow/request.ts';
import type { KnownStores } from './ports.ts';
import { isRefusal, type Refusal, refused, shown } from './refusal.ts';

export type Pair = Pick<MigrationRequest, 'source' | 'destination'>;

export const namedPair = (
  names: { readonly source: string; readonly destination: string },
  stores: KnownStores,
): Pair | Refusal => {
  const source = namedStore(names.source, 'source', stores);
  if (isRefusal(source)) return source;
  const destination = namedStore(names.destination, 'destination', stores);
  if (isRefusal(destination)) return destination;
  return checkedPair({ source, destination }, stores);
};

/** An earlier migration's stores must be known here too; what is known of them now is what counts. */
export const knownPair = (earlier: Pair, stores: KnownStores): Pair | Refusal => {
  const [source, destination] = SIDES.map((side) => knownStore(earlier[side], side, stores));
  if (source && destination) return checkedPair({ source, destination }, stores);
  const side = source ? 'destination' : 'source';
  return refused(403, `Its ${side} ${addressOf(earlier[side])} is no store of this server: ${knows(stores)}.`);
};

export const namedStore = (name: string, side: Side, stores: KnownStores): StoreSpec | Refusal => {
  try {
    const store = stores.resolve(name, side);
    if (store) return store;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refused(403, `The ${side} "${shown(name)}" cannot be used: ${error.message}.`);
  }
  return refused(
    403,
    `The ${side} "${shown(name)}" is no store of this server: ${knows(stores)}. ` +
      'A request names stores; addresses and paths are not taken.',
  );
};

const knows = ({ names }: KnownStores): string =>
  names.length === 0 ? 'it knows none' : `it knows ${names.join(', ')}`;

/** Under its own name first, since two names may stand for one place. */
const knownStore = (spec: StoreSpec, side: Side, stores: KnownStores): StoreSpec | undefined => {
  for (const name of [...(spec.name === undefined ? [] : [spec.name]), ...stores.names]) {
    const store = namedStore(name, side, stores);
    if (!isRefusal(store) && addressOf(store) === addressOf(spec)) return store;
  }
  return undefined;
};

const checkedPair = (pair: Pair, stores: KnownStores): Pair | Refusal => {
  try {
    stores.checkPair(pair.source, pair.destination);
    return pair;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refused(400, `${error.message}.`);
  }
};
