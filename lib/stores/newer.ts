// Which of two pictures is the later one: by when the content was made where both tell, else by when they were stored.
import type { CopyOutcome } from './copy.ts';
import type { PictureFacts } from './store.ts';

export const isLater = (source: PictureFacts, destination: PictureFacts): boolean =>
  source.originalTime !== undefined && destination.originalTime !== undefined
    ? source.originalTime > destination.originalTime
    : source.modifiedAt > destination.modifiedAt;

/**
 * How a replacement ends that found nothing older to replace: a picture of the same moment and size is the copy that
 * an earlier invocation made and could not commit, anything else came there since the listing and is kept.
 */
export const keptOutcome = (source: PictureFacts, destination: PictureFacts): CopyOutcome =>
  source.originalTime !== undefined &&
  source.originalTime === destination.originalTime &&
  source.size === destination.size
    ? { outcome: 'alreadyThere' }
    : {
        outcome: 'failed',
        reason: 'newerOnDestination',
        detail: 'the destination has a newer picture since the listing; it was kept',
      };
