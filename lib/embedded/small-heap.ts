// Keeps a long run in little memory: what V8 would keep of it is mostly room for new objects, and garbage of pages that were read.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import type { Mode } from '../workflow/request.ts';

/** V8 doubles its room for new objects up to 134 MB (Node 24): from here on it stays as it is, twice this. */
const NEW_SPACE_BYTES = 8e6;
const LOOK_EVERY_MS = 20;

/**
 * For a process of its own, a command: both are settings of the whole process. V8 reads them anew at each collection, so they
 * may come late.
 */
export const keepHeapSmall = (mode: Mode): void => {
  // What streams through a sync counts for V8 as growth: it would collect all the heap for every 20 MB of pictures.
  if (mode === 'check') setFlagsFromString('--heap-growing-percent=50');
  const look = setInterval(() => {
    const newSpace = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if ((newSpace?.physical_space_size ?? 0) < NEW_SPACE_BYTES) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(look);
  }, LOOK_EVERY_MS).unref();
};
