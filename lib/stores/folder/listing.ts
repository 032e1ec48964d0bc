// Lists a folder as S3 would: one flat, sorted stream of keys, one directory in memory at a time.
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { Entry } from '../../compare/entry.ts';
import { compareKeys } from '../../compare/key.ts';
import { contains, type Range } from '../../compare/range.ts';
import { IncompleteListing } from '../errors.ts';
import type { ListingPage } from '../store.ts';
import { entriesAt } from './entries.ts';
import { bytesOf, nameOf } from './names.ts';
import { isPlace, isTemporaryBeside, isTemporaryOfNested, PRIVATE_FOLDER, placeBelow } from './paths.ts';
import { isAbsence, messageOf } from './refusals.ts';
import type { RootFolder } from './root.ts';

const PAGE_ENTRIES = 256;
/** Files looked at together: enough to keep the four threads of the pool busy, few enough to leave room for others. */
const LOOKED_AT_TOGETHER = 64;

/** A directory being walked: its sorted names from `next` on; those of directories end in `/`, as S3 sorts them. */
interface Walk {
  readonly prefix: string;
  readonly names: readonly string[];
  next: number;
}

/** `foundBeside` hears of temporary files that lie among the pictures. */
export async function* listFolder(
  root: RootFolder,
  range: Range,
  foundBeside: (path: string) => void = () => {},
): AsyncGenerator<ListingPage> {
  const at = Date.now();
  if ((await root.check()) === 'absent') return yield { entries: [], at };
  const walkOf = (prefix: string) => walkBelow(root.path, prefix, range, foundBeside);
  const walks: Walk[] = [await walkOf('')];
  let page: Entry[] = [];
  for (let walk = walks.at(-1); walk !== undefined; walk = walks.at(-1)) {
    const keys = nextKeys(walk);
    if (keys.length === 0) {
      walks.pop();
      continue;
    }
    const found = await entriesAt(keys.map((key) => ({ path: pathOf(root.path, key), key })));
    for (const entry of found) if (entry !== undefined && contains(range, entry.key)) page.push(entry);
    const last = keys.at(-1) as string;
    if (last.endsWith('/')) walks.push(await walkOf(last));
    if (page.length >= PAGE_ENTRIES) {
      yield { entries: page, at };
      page = [];
    }
  }
  // Looked at again: what was read since may have been an empty mount point.
  await root.check();
  yield { entries: page, at };
}

/** The names ending in `/` directly below a prefix, ascending; none where this folder has no such prefix. */
export const foldersBelow = async (root: RootFolder, prefix: string): Promise<string[]> => {
  if ((await root.check()) === 'absent' || !(await isFolderBelow(root, prefix))) return [];
  const names = await namesIn(pathOf(root.path, prefix), prefix);
  return names.filter((name) => name.endsWith('/')).map((name) => prefix + name);
};

/** Prefixes come from the other side too, so one may be anything: `..`, a link, a file. */
const isFolderBelow = async (root: RootFolder, prefix: string): Promise<boolean> => {
  if (prefix === '') return true;
  const place = placeBelow(root.path, prefix);
  if (!isPlace(place)) return false;
  try {
    return (await lstat(place.path)).isDirectory() && (await root.reaches(place));
  } catch (error) {
    if (isAbsence(error)) return false;
    throw new IncompleteListing(`cannot look at ${place.path}: ${messageOf(error)}`);
  }
};

/** Files up to the next directory, that directory included: it is walked before the files behind it. */
const nextKeys = (walk: Walk): string[] => {
  const keys: string[] = [];
  while (keys.length < LOOKED_AT_TOGETHER) {
    const name = walk.names[walk.next];
    if (name === undefined) break;
    walk.next += 1;
    keys.push(walk.prefix + name);
    if (name.endsWith('/')) break;
  }
  return keys;
};

const walkBelow = async (
  root: string,
  prefix: string,
  range: Range,
  foundBeside: (path: string) => void,
): Promise<Walk> => {
  const names = await namesIn(pathOf(root, prefix), prefix, (name) => {
    const path = pathOf(root, prefix + name);
    if (typeof path === 'string') foundBeside(path);
  });
  return { prefix, names: names.filter((name) => reaches(range, prefix + name)), next: 0 };
};

/** Whether a file lies in the range, or a directory may hold one that does. */
const reaches = (range: Range, key: string): boolean => {
  if (!key.endsWith('/')) return contains(range, key);
  const behind = range.upTo !== null && compareKeys(key, range.upTo) > 0;
  return !behind && (range.after.startsWith(key) || compareKeys(key, range.after) > 0);
};

const namesIn = async (
  path: string | Buffer,
  prefix: string,
  foundBeside?: (name: string) => void,
): Promise<string[]> => {
  try {
    const names = (await readdir(path, { withFileTypes: true })).map(listedName);
    // U+FFFD may stand for bytes that are no UTF-8; only then is it worth asking for the bytes.
    const certain = names.some((name) => name.includes('\ufffd'))
      ? (await readdir(path, { withFileTypes: true, encoding: 'buffer' })).map(
          (entry) => nameOf(entry.name) + (entry.isDirectory() ? '/' : ''),
        )
      : names;
    if (foundBeside) certain.filter(isTemporaryBeside).forEach(foundBeside);
    return certain.filter((name) => !isHidden(prefix, name)).sort(compareKeys);
  } catch (error) {
    throw new IncompleteListing(`cannot read the folder ${path}: ${messageOf(error)}`);
  }
};

const listedName = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);

const isHidden = (prefix: string, name: string): boolean =>
  (prefix === '' && name === `${PRIVATE_FOLDER}/`) || isTemporaryOfNested(prefix, name) || isTemporaryBeside(name);

const pathOf = (root: string, key: string): string | Buffer => {
  const below = bytesOf(key);
  const folder = root.endsWith('/') ? root : `${root}/`;
  return typeof below === 'string' ? folder + below : Buffer.concat([Buffer.from(folder), below]);
};
