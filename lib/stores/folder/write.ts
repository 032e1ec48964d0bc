// Writes a picture into a folder: whole under a temporary name first, then under its own in one step.
// A killed process leaves no half-written picture. Nothing is fsynced per file (58,300 times 10 ms on a disk): after
// a power cut a picture may be short, which the next comparison sees as another size.
import { mkdir } from 'node:fs/promises';
import type { OpenPicture, WriteGuard, WriteResult } from '../store.ts';
import { fill } from './fill.ts';
import { isPlace, type PlaceBelow, placeBelow } from './paths.ts';
import { obstacleAt, type Placement } from './placement.ts';
import { codeOf, failed, isAbsence, writeFailure } from './refusals.ts';
import type { RootFolder } from './root.ts';
import { Temporaries } from './temporaries.ts';

const LARGE_BYTES = 1024 * 1024;

export interface Writing {
  readonly root: RootFolder;
  readonly temporaries: Temporaries;
  readonly placement: Placement;
}

export const writePicture = async (
  writing: Writing,
  key: string,
  picture: OpenPicture,
  guard: WriteGuard,
): Promise<WriteResult> => {
  try {
    const place = placeBelow(writing.root.path, key);
    if (!isPlace(place)) return failed('keyNotAllowed', place.detail);
    return place.marker
      ? await writeMarker(writing.root, place, picture)
      : await writeFile(writing, place, picture, guard);
  } catch (error) {
    return writeFailure(error);
  } finally {
    picture.body.destroy();
  }
};

const writeMarker = async (root: RootFolder, place: PlaceBelow, picture: OpenPicture): Promise<WriteResult> => {
  if (picture.facts.size > 0) return failed('keyNotAllowed', 'a key that ends in / and has content cannot be a file');
  await root.create();
  if (!(await makeFolders(root, place.parents))) return outsideRoot();
  try {
    await mkdir(place.path);
    return { outcome: 'written' };
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return (await obstacleAt(place.path, 'folder')) ?? { outcome: 'occupied' };
  }
};

const writeFile = async (
  { root, temporaries, placement }: Writing,
  place: PlaceBelow,
  picture: OpenPicture,
  guard: WriteGuard,
): Promise<WriteResult> => {
  // First of all, because it finds out whether the root is still there: nothing is made on an unmounted disk's place.
  const temporary = await temporaries.create();
  try {
    if (!(await makeFolders(root, place.parents))) return outsideRoot();
    // A large picture is worth asking beforehand; that nothing comes in between is the placement's business.
    const occupied = picture.facts.size > LARGE_BYTES ? await placement.occupied(place.path, guard) : undefined;
    if (occupied !== undefined) return occupied;
    const refused = await fill(temporary.handle, picture);
    await temporary.handle.close();
    return refused ?? (await placement.place(temporary.path, place.path, guard));
  } finally {
    // Closed already, unless something broke: that matters more than whether it can be closed.
    await temporary.handle.close().catch(() => undefined);
    await Temporaries.remove(temporary.path);
  }
};

/** Makes the folders down to a picture, never through a link: false where one is in the way. */
const makeFolders = async (root: RootFolder, parents: readonly string[]): Promise<boolean> => {
  try {
    return await root.reaches({ parents });
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
  if (!(await makeFolders(root, parents.slice(0, -1)))) return false;
  try {
    await mkdir(parents.at(-1) as string);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return root.reaches({ parents }).catch((error: unknown) => {
    // A link that leads nowhere: it stands there, and yet there is no folder.
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  });
};

const outsideRoot = (): WriteResult => failed('outsideRoot', 'a folder on the way to it is a link');
