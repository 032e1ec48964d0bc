// Which service a store is part of: what slows down together.
import { serviceOf } from './s3/address.ts';
import type { StoreSpec } from './spec.ts';

/** undefined for a folder. */
export const serviceNameOf = (spec: StoreSpec): string | undefined => {
  if (spec.type === 'folder') return undefined;
  const { bucket, endpointUrl, region = '' } = spec;
  return serviceOf({ bucket, region, ...(endpointUrl === undefined ? {} : { endpointUrl }) });
};

/** AWS says what it takes; of other services nothing is known but what they answer. */
export const isOnAws = (spec: StoreSpec): boolean => serviceNameOf(spec)?.startsWith('aws') ?? false;
