// Never overwrites what it should not: the conditions a write carries, and the look before it where a service ignores them.
import type { CreateOnly } from '../spec.ts';
import type { PictureFacts, WriteGuard } from '../store.ts';
import type { S3Client } from './client.ts';
import { headObject } from './objects.ts';

/** The bucket a picture goes to, and how it keeps what stands there. */
export interface Target {
  readonly client: S3Client;
  readonly createOnly: CreateOnly;
}

/** If-Match goes to every service: one that ignores it was looked at right before. If-None-Match makes some answer 501. */
export const guardHeaders = ({ createOnly }: Target, guard: WriteGuard): Record<string, string> => {
  if (guard.kind === 'replace') return guard.was.etag === undefined ? {} : { 'if-match': `"${guard.was.etag}"` };
  return createOnly === 'native' ? { 'if-none-match': '*' } : {};
};

/** Always false on a native store: there the service itself decides, at the moment of writing. */
export const isOccupied = async ({ client, createOnly }: Target, key: string, guard: WriteGuard): Promise<boolean> => {
  const isLeftToService = createOnly === 'native' && (guard.kind === 'create' || guard.was.etag !== undefined);
  if (isLeftToService) return false;
  const standing = await headObject(client, key);
  if (guard.kind === 'create') return standing !== undefined;
  return standing === undefined || !isSameVersion(standing, guard.was);
};

export const isSameVersion = (one: PictureFacts, other: PictureFacts): boolean =>
  one.etag === other.etag && one.size === other.size && one.modifiedAt === other.modifiedAt;
