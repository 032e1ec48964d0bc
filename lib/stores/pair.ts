// Whether two stores make a pair: apart from each other, and apart from where Picferry keeps its own files.

import { isWithin, realPathOf } from './real-path.ts';
import { serviceNameOf } from './service-name.ts';
import { addressOf, type S3Spec, type StoreSpec } from './spec.ts';
import { UsageError } from './usage-error.ts';

export interface PairOptions {
  /** Embedded only: a folder of this machine. */
  readonly stateDir?: string;
}

/** Throws `UsageError`; nothing was touched then. */
export const checkPair = (source: StoreSpec, destination: StoreSpec, { stateDir }: PairOptions = {}): void => {
  const destinationInside = contains(source, destination);
  const sourceInside = contains(destination, source);
  if (destinationInside && sourceInside)
    throw new UsageError(`source and destination are the same store: ${addressOf(source)}`);
  if (destinationInside)
    throw new UsageError(
      `the destination ${addressOf(destination)} lies inside the source ${addressOf(source)}: ${APART}`,
    );
  if (sourceInside)
    throw new UsageError(
      `the source ${addressOf(source)} lies inside the destination ${addressOf(destination)}: ${APART}`,
    );
  if (stateDir === undefined) return;
  const state = realPathOf(stateDir);
  for (const [side, store] of [
    ['source', source],
    ['destination', destination],
  ] as const) {
    if (store.type !== 'folder') continue;
    if (isWithin(state, store.path))
      throw new UsageError(
        `the state folder ${state} lies inside the ${side} ${store.path}: choose another --state-dir`,
      );
    if (isWithin(store.path, state))
      throw new UsageError(
        `the ${side} ${store.path} lies inside the state folder ${state}: choose another --state-dir`,
      );
  }
};

const APART = 'choose two that lie apart';

/** `outer` holds every key of `inner`. */
const contains = (outer: StoreSpec, inner: StoreSpec): boolean => {
  if (outer.type === 'folder' && inner.type === 'folder') return isWithin(inner.path, outer.path);
  if (outer.type !== 's3' || inner.type !== 's3') return false;
  return sameBucket(outer, inner) && inner.prefix.startsWith(outer.prefix);
};

/** A bucket's name is its own within a partition of AWS, whatever region or endpoint it was asked for through. */
const sameBucket = (a: S3Spec, b: S3Spec): boolean => a.bucket === b.bucket && serviceNameOf(a) === serviceNameOf(b);
