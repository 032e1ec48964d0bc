// Where a migration runs elsewhere, or later, stores go by name: an address or folder of this machine means nothing there.
import type { Side } from '../compare/entry.ts';
import { SIDES } from '../compare/entry.ts';
import { UsageError } from '../stores/usage-error.ts';

/** As lib/stores/address.ts tells them: anything with a slash, a backslash, or a dot or ~ in front is no name. */
const NO_NAME = /[/\\]|^[.~]|^$/;

/** `wayOut`: a sentence that says where to name the store. */
export const refuseAddresses = (stores: Readonly<Record<Side, string>>, why: string, wayOut: string): void => {
  for (const side of SIDES) {
    if (!NO_NAME.test(stores[side])) continue;
    throw new UsageError(`${why} goes by the names of stores, and the ${side} "${stores[side]}" is none: ${wayOut}`);
  }
};
