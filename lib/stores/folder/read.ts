// Opens a picture of a folder for reading: never through a link, and only as the version that was listed.
import { type BigIntStats, constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { OpenPicture, ReadGuard, ReadRefusal } from '../store.ts';
import { factsOf, sameVersion } from './facts.ts';
import { FileBody } from './file-body.ts';
import { isPlace, type PlaceBelow, placeBelow } from './paths.ts';
import { codeOf, failed, isAbsence, messageOf, readFailure } from './refusals.ts';
import type { RootFolder } from './root.ts';

/** A FIFO in place of a picture would block `open` for ever; a link must not be followed. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export const readPicture = async (
  root: RootFolder,
  key: string,
  guard: ReadGuard,
): Promise<OpenPicture | ReadRefusal> => {
  const place = placeBelow(root.path, key);
  if (!isPlace(place)) return failed(place.reason, place.detail);
  try {
    if (!(await root.reaches(place))) return failed('outsideRoot', 'a folder on the way to it is a link');
    return place.marker ? await readMarker(key, place) : await readFile(key, place, guard);
  } catch (error) {
    if (!isAbsence(error)) return readFailure(error);
    return absence(root);
  }
};

/** Gone alone is one picture's fate; gone with its folder is a source that vanished. */
const absence = async (root: RootFolder): Promise<ReadRefusal> => {
  try {
    await root.check();
    return { outcome: 'goneFromSource' };
  } catch (error) {
    return failed('sourceUnavailable', messageOf(error));
  }
};

const readMarker = async (key: string, { path }: PlaceBelow): Promise<OpenPicture | ReadRefusal> => {
  const stats = await lstat(path, { bigint: true });
  if (!stats.isDirectory()) return { outcome: 'goneFromSource' };
  return { facts: factsOf(key, stats), body: Readable.from([]), unchanged: async () => true };
};

const readFile = async (key: string, place: PlaceBelow, guard: ReadGuard): Promise<OpenPicture | ReadRefusal> => {
  // Where the system cannot refuse a link while opening (Windows), it is asked beforehand.
  if (constants.O_NOFOLLOW === undefined && (await lstat(place.path)).isSymbolicLink()) return failed('link');
  const handle = await open(place.path, OPEN_FLAGS);
  let kept = false;
  try {
    const stats = await handle.stat({ bigint: true });
    if (stats.isDirectory()) return { outcome: 'goneFromSource' };
    if (!stats.isFile()) return failed('specialFile');
    if (Number(stats.size) !== guard.size || changedSince(stats, guard.listedAt)) return { outcome: 'changedOnSource' };
    kept = true;
    const body = new FileBody(handle, guard.size);
    return {
      facts: factsOf(key, stats),
      body,
      passTo: (file) => body.passTo(file),
      unchanged: async () => isStill(place.path, stats),
    };
  } finally {
    if (!kept) await handle.close();
  }
};

/**
 * A camera with a wrong clock leaves file times in the future; only a file whose inode changed since as well
 * (which no program can pretend) was written after the listing began. The millisecond of the listing itself
 * is given the benefit of the doubt: the listed size still has to fit.
 */
const changedSince = (stats: BigIntStats, listedAt: number): boolean => {
  const firstLater = BigInt(Math.floor(listedAt) + 1) * 1_000_000n;
  return stats.mtimeNs >= firstLater && stats.ctimeNs >= firstLater;
};

const isStill = async (path: string, read: BigIntStats): Promise<boolean> => {
  try {
    return sameVersion(read, await lstat(path, { bigint: true }));
  } catch (error) {
    if (codeOf(error) !== undefined) return false;
    throw error;
  }
};
