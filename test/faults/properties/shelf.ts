// What really stands in a store, seen past Picferry: bytes, times, and what its service would tell of contents.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Side } from '../world.ts';

export interface Standing {
  readonly body: Buffer;
  /** ms. */
  readonly modifiedAt: number;
  /** When the content was made, as far as the store tells; ms. */
  readonly originalTime?: number;
  /** False: S3 keeps a made-up ETag (of parts, of KMS), and nobody reads whole objects to compare them. */
  readonly contentTold: boolean;
  readonly archived: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass?: string;
}

export interface Shelf {
  readonly isFolder: boolean;
  readonly pictures: ReadonlyMap<string, Standing>;
  /** Directories, named `cam1/`: they answer markers of the other side. */
  readonly folders: ReadonlyMap<string, Standing>;
}

export const PREFIX = 'pictures+/';
const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex');

export const shelfOf = async (side: Side, now: number): Promise<Shelf> =>
  side.bucket ? bucketShelf(side, now) : folderShelf((side.spec as { readonly path: string }).path);

const bucketShelf = ({ bucket }: Side, now: number): Shelf => {
  const pictures = new Map<string, Standing>();
  for (const [key, object] of bucket?.objects ?? []) {
    if (!key.startsWith(PREFIX)) continue;
    const { body, modifiedAt, etag, storageClass, restoredUntil = 0, headers, tags } = object;
    const mtime = headers['x-amz-meta-mtime'];
    pictures.set(key.slice(PREFIX.length), {
      ...{ body, modifiedAt, tags, storageClass, contentTold: etag === md5(body) },
      archived: ['GLACIER', 'DEEP_ARCHIVE'].includes(storageClass) && restoredUntil <= now,
      ...(mtime === undefined ? {} : { originalTime: Number(mtime) * 1_000 }),
    });
  }
  return { isFolder: false, pictures, folders: new Map() };
};

const folderShelf = async (path: string): Promise<Shelf> => {
  const pictures = new Map<string, Standing>();
  const folders = new Map<string, Standing>();
  for (const one of await readdir(path, { recursive: true, withFileTypes: true })) {
    const full = join(one.parentPath, one.name);
    const key = relative(path, full);
    if (key === '.picferry' || key.startsWith('.picferry/')) continue;
    const [{ mtimeNs }, { mtimeMs }] = await Promise.all([stat(full, { bigint: true }), stat(full)]);
    const body = one.isDirectory() ? Buffer.alloc(0) : await readFile(full);
    // Listed in whole milliseconds (out of a double), original times to the microsecond.
    const times = { modifiedAt: Math.floor(mtimeMs), originalTime: Number(mtimeNs / 1_000n) / 1_000 };
    const standing = { ...times, body, contentTold: true, archived: false, tags: {} };
    if (one.isDirectory()) folders.set(`${key}/`, standing);
    else pictures.set(key, standing);
  }
  return { isFolder: true, pictures, folders };
};
