// Completes an upload under a guard, and finds out what became of it where the answer got lost.
import type { WriteGuard } from '../store.ts';
import { isS3Failure } from './failure.ts';
import { guardHeaders, isOccupied, isUntouched, lookAgain, type Target } from './guard.ts';
import { completeUpload, etagOfParts, mayBeCompleted, type Upload } from './multipart.ts';
import { headObject } from './objects.ts';

/** `occupied`: something else stands there, or our own that cannot be told from it (KMS hides the parts' MD5s). */
export const completeGuarded = async (
  target: Target,
  upload: Upload,
  etags: readonly string[],
  guard: WriteGuard,
): Promise<'completed' | 'occupied'> => {
  const { key } = upload;
  // Much time has passed since the first look.
  if (await isOccupied(target, key, guard)) return 'occupied';
  try {
    const beforeAgain = lookAgain(target, key, guard, 'CompleteMultipartUpload');
    await completeUpload(target.client, upload, etags, guardHeaders(target, guard), beforeAgain);
    return 'completed';
  } catch (error) {
    if (!isS3Failure(error) || !mayBeCompleted(error)) throw error;
    const standing = await headObject(target.client, key);
    if (standing === undefined || isUntouched(standing, guard)) throw error;
    return standing.etag === etagOfParts(etags) ? 'completed' : 'occupied';
  }
};
