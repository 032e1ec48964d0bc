// The deployment's stores: those that picferry.json named when it was deployed. There are no others.
import type { KnownStores } from '../api/ports.ts';
import { checkPair, resolveStore } from '../stores/address.ts';
import type { NamedStores } from '../stores/picferry-json.ts';

export const knownStoresOf = (stores: NamedStores, env: Readonly<Record<string, string | undefined>>): KnownStores => ({
  names: Object.keys(stores),
  resolve: (name, side) => {
    // Only names are looked up: an address or a path would be taken for what it says.
    if (!Object.hasOwn(stores, name)) return undefined;
    const store = resolveStore(name, { side, cwd: '/', env, stores });
    // No Lambda sees a folder.
    return store.type === 's3' ? store : undefined;
  },
  checkPair: (source, destination) => checkPair(source, destination),
});
