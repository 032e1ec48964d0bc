// Whether two stores can be copied between without the bytes passing through here.
import type { Store } from '../store.ts';
import { serviceOf } from './address.ts';
import { isS3Failure } from './failure.ts';
import { headObject } from './objects.ts';
import { S3Store } from './store.ts';
import { storeError } from './way-out.ts';

/**
 * The same service, and the destination's credentials read a key listed on the source. Without a key nothing is
 * proved: then pictures are streamed, which is always right.
 */
export const probeSameService = async (
  source: Store,
  destination: Store,
  sourceKey: string | undefined,
): Promise<boolean> => {
  if (!(source instanceof S3Store && destination instanceof S3Store) || sourceKey === undefined) return false;
  return isSameService(source, destination) && canRead(destination, source, sourceKey);
};

const isSameService = (source: S3Store, destination: S3Store): boolean =>
  serviceOf(source.target.client.address) === serviceOf(destination.target.client.address);

/** With the reader's credentials. Any refusal means no; a service that does not answer is an error like elsewhere. */
const canRead = async (reader: S3Store, source: S3Store, key: string): Promise<boolean> => {
  try {
    const client = reader.target.client.forBucket(source.target.client.address);
    return (await headObject(client, source.fullKey(key))) !== undefined;
  } catch (error) {
    if (!isS3Failure(error)) throw error;
    // An answer that makes no sense is one: where that is no object, pictures are streamed.
    if (error.transient && error.status !== 200) throw storeError(error);
    return false;
  }
};
