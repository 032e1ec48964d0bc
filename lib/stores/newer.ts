// Which of two pictures is the later one: by when the content was made where both tell, else by when they were stored.
import type { PictureFacts } from './store.ts';

export const isLater = (source: PictureFacts, destination: PictureFacts): boolean =>
  source.originalTime !== undefined && destination.originalTime !== undefined
    ? source.originalTime > destination.originalTime
    : source.modifiedAt > destination.modifiedAt;

/** Kept: what was older on the destination at the listing is newer now. */
export const NEWER_ON_DESTINATION = {
  outcome: 'failed',
  reason: 'newerOnDestination',
  detail: 'the destination has a newer picture since the listing; it was kept',
} as const;
