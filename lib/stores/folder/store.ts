// A folder as a store: keys are paths below it, listed as S3 would list them.
import { createHash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Entry } from '../../compare/entry.ts';
import type { Range } from '../../compare/range.ts';
import { StoreRefused } from '../errors.ts';
import type { FolderSpec } from '../spec.ts';
import { type PictureFacts, type Store, wasOpened } from '../store.ts';
import { factsOf } from './facts.ts';
import { foldersBelow, listFolder } from './listing.ts';
import { isPlace, placeBelow } from './paths.ts';
import { type Naming, Placement } from './placement.ts';
import { readPicture } from './read.ts';
import { codeOf, isAbsence, messageOf } from './refusals.ts';
import { RootFolder } from './root.ts';
import { Temporaries } from './temporaries.ts';
import { writePicture } from './write.ts';

export interface FolderOptions {
  /** A destination may not exist yet: it is empty then, and made by the first write. */
  readonly missingIsEmpty: boolean;
  readonly naming?: Naming;
}

export interface FolderStore extends Store {
  /** Removes temporary files that dead runs left behind, nothing else; tells how many. */
  sweepTemporaries(now?: number): Promise<number>;
}

export const openFolderStore = async (spec: FolderSpec, options: FolderOptions): Promise<FolderStore> => {
  const path = await realpath(spec.path).catch(() => resolve(spec.path));
  const root = new RootFolder(path, options.missingIsEmpty);
  await root.check();
  const temporaries = new Temporaries(root);
  const writing = { root, temporaries, placement: new Placement(options.naming) };
  return {
    spec,
    address: path,
    list: (range: Range) => listFolder(root, range, (path) => temporaries.found(path)),
    prefixesBelow: async (prefix) => ({ prefixes: await foldersBelow(root, prefix), requests: 1 }),
    facts: (key) => factsAt(root, key),
    read: (key, guard) => readPicture(root, key, guard),
    write: (key, picture, guard) => writePicture(writing, key, picture, guard),
    // Temporary files are its uploads, and the next write sweeps them.
    abandon: async () => {},
    md5: (entry) => md5Of(root, entry),
    sweepTemporaries: (now) => temporaries.sweep(now),
    tidy: () => temporaries.tidy(),
    close: () => temporaries.close(),
  };
};

/** Only a picture (or a marker's folder) has facts: a link or a special file counts as nothing being there. */
const factsAt = async (root: RootFolder, key: string): Promise<PictureFacts | undefined> => {
  const place = placeBelow(root.path, key);
  if (!isPlace(place)) return undefined;
  try {
    if (!(await root.reaches(place))) return undefined;
    const stats = await lstat(place.path, { bigint: true });
    return (place.marker ? stats.isDirectory() : stats.isFile()) ? factsOf(key, stats) : undefined;
  } catch (error) {
    if (isAbsence(error) || codeOf(error) === 'ENAMETOOLONG') return undefined;
    throw new StoreRefused(`cannot look at ${place.path}: ${messageOf(error)}`);
  }
};

/** undefined where it cannot be read as it was listed: what cannot be judged is not called different. */
const md5Of = async (root: RootFolder, entry: Entry): Promise<string | undefined> => {
  if (entry.problem !== undefined || entry.directory) return undefined;
  const opened = await readPicture(root, entry.key, { size: entry.size, listedAt: Number.MAX_SAFE_INTEGER });
  if (!wasOpened(opened)) return undefined;
  const hash = createHash('md5');
  try {
    for await (const chunk of opened.body as AsyncIterable<Buffer>) hash.update(chunk);
    return (await opened.unchanged()) ? hash.digest('hex') : undefined;
  } catch {
    return undefined;
  }
};
