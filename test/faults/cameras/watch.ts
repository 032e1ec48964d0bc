// Looks at both sides again and again: whatever stands under a picture's name is whole, and stays the file it was.
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow, type Side } from '../world.ts';
import type { Album } from './album.ts';
import { wrongWith } from './picture.ts';
import { TEMPORARY_NAME } from './ways.ts';

export interface Watch {
  /** Throws with everything that is wrong by now. */
  look(): Promise<void>;
  /** Pictures judged so far, each as often as it stood there anew. */
  readonly judged: number;
}

export interface WatchOptions {
  /** Forgets the history of buckets once it is judged: hours of it would fill memory. */
  readonly forgets?: boolean;
}

export const watchOver = (sides: readonly Side[], album: Album, options: WatchOptions = {}): Watch => {
  const eyes = sides.map((side) => (side.bucket ? bucketEyes(side, album, options) : folderEyes(side, album)));
  let judged = 0;
  return {
    get judged() {
      return judged;
    },
    look: async () => {
      const seen = await Promise.all(eyes.map((look) => look()));
      judged += seen.reduce((sum, { pictures }) => sum + pictures, 0);
      const wrong = seen.flatMap((one) => one.wrong);
      if (wrong.length > 0) throw new Error(`${wrong.length} wrong:\n${wrong.slice(0, 20).join('\n')}`);
    },
  };
};

interface Seen {
  readonly pictures: number;
  readonly wrong: readonly string[];
}

/** Every version there ever was, not only those that stand when somebody looks. */
const bucketEyes = ({ bucket, spec }: Side, album: Album, { forgets = false }: WatchOptions): (() => Promise<Seen>) => {
  if (bucket === undefined || spec.type !== 's3') throw new Error('No bucket.');
  let next = 0;
  return async () => {
    const wrong: string[] = [];
    const versions = bucket.history
      .slice(next)
      .filter(({ key, by }) => by === 'request' && key.startsWith(spec.prefix));
    for (const { key: whole, object, before } of versions) {
      const key = whole.slice(spec.prefix.length);
      const where = `"${key}" in ${bucket.name}`;
      if (object === undefined) wrong.push(`${where} was removed`);
      else if (before !== undefined) wrong.push(`${where} was overwritten`);
      else wrong.push(...flaws(where, key, object.body, album));
    }
    if (forgets) bucket.history.length = 0;
    next = bucket.history.length;
    return { pictures: versions.length, wrong };
  };
};

const flaws = (where: string, key: string, body: Buffer, album: Album): string[] => {
  const flaw = wrongWith(key, body);
  if (flaw !== undefined) return album.stalled.has(key) ? [] : [`${where}: ${flaw}`];
  return album.taken.get(key)?.equals(body) ? [] : [`${where} is no picture of this camera's`];
};

interface Stood {
  readonly inode: bigint;
  readonly changedNs: bigint;
  readonly writes: number;
}

const folderEyes = (side: Side, album: Album): (() => Promise<Seen>) => {
  if (side.spec.type !== 'folder') throw new Error('No folder.');
  const root = side.spec.path;
  const known = new Map<string, Stood>();
  return async () => {
    const wrong: string[] = [];
    let pictures = 0;
    for (const key of await keysBelow(root)) {
      const writes = album.writesOf(side, key);
      if (album.isWriting(side, key)) continue;
      const path = join(root, key);
      const stats = await lstat(path, { bigint: true });
      const before = known.get(key);
      if (before?.writes === writes && before.inode === stats.ino && before.changedNs === stats.mtimeNs) continue;
      const body = await readFile(path);
      // A camera that is switched over began to send it again meanwhile.
      if (album.isWriting(side, key) || album.writesOf(side, key) !== writes) continue;
      const left = album.leftBy(side, key);
      if (before?.writes === writes || (left !== undefined && left !== stats.ino))
        wrong.push(`"${key}" in ${root} was overwritten`);
      wrong.push(...flaws(`"${key}" in ${root}`, key, body, album));
      known.set(key, { inode: stats.ino, changedNs: stats.mtimeNs, writes });
      pictures += 1;
    }
    for (const key of known.keys()) if (!album.isWriting(side, key)) wrong.push(...(await lost(root, key)));
    return { pictures, wrong };
  };
};

const lost = async (root: string, key: string): Promise<string[]> =>
  lstat(join(root, key)).then(
    () => [],
    () => [`"${key}" in ${root} is gone`],
  );

/** Pictures only: neither what cameras nor what Picferry keeps under other names until it is whole. */
const keysBelow = async (root: string): Promise<string[]> =>
  (await filesBelow(root)).filter(
    (key) => !key.split('/').some((part) => part.startsWith('.picferry')) && !TEMPORARY_NAME.test(key),
  );
