// Whether this machine can use a store at all: judged before anything is opened, started or written.
import { statSync } from 'node:fs';
import type { Side } from '../compare/entry.ts';
import type { StoreSpec } from './spec.ts';
import { UsageError } from './usage-error.ts';

/** A folder that is not there is a slip of the keyboard or a disk that is not mounted; a destination is made when needed. */
export const refuseOtherThanFolder = (side: Side, spec: StoreSpec): void => {
  if (spec.type !== 'folder') return;
  const found = statSync(spec.path, { throwIfNoEntry: false });
  if (found === undefined && side === 'source') {
    throw new UsageError(`there is no folder ${spec.path} (the ${side}): check the path, or mount the disk`);
  }
  if (found !== undefined && !found.isDirectory()) {
    throw new UsageError(`${spec.path} (the ${side}) is a file: name the folder it is in, and --include for the file`);
  }
};

export const refuseSecret = (spec: StoreSpec): void => {
  if (spec.type !== 's3' || spec.secret === undefined) return;
  throw new UsageError(
    `the keys of ${spec.name ?? spec.bucket} are in the secret "${spec.secret}", which only a deployment reads: give the store a profile here`,
  );
};
