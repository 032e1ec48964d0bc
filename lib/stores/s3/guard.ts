// Never overwrites what it should not: the conditions a write carries, and the look before it where a service ignores them.
import type { CreateOnly } from '../spec.ts';
import type { PictureFacts, WriteGuard } from '../store.ts';
import type { S3Client } from './client.ts';
import { S3Failure } from './failure.ts';
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

/** Once more only after another look, as if the service had looked itself: what stands there now may be our own, or somebody's. */
export const lookAgain =
  (target: Target, key: string, guard: WriteGuard, operation: string) => async (): Promise<void> => {
    if (!(await isOccupied(target, key, guard))) return;
    const { bucket } = target.client.address;
    const message = 'something stands there now';
    throw new S3Failure({ operation, bucket, status: 412, code: 'PreconditionFailed', message, transient: false });
  };

/** What was to be replaced, just as it was. */
export const isUntouched = (standing: PictureFacts, guard: WriteGuard): boolean =>
  guard.kind === 'replace' && isSameVersion(standing, guard.was);

export const isSameVersion = (one: PictureFacts, other: PictureFacts): boolean =>
  one.etag === other.etag && one.size === other.size && one.modifiedAt === other.modifiedAt;
