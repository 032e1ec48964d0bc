// The ways in which cameras and their FTP servers bring a picture to a store.
import { mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Side } from '../world.ts';

export interface Sending {
  readonly side: Side;
  readonly key: string;
  readonly body: Buffer;
  /** Ends of the chunks the picture comes in, ascending; the last one is its length. */
  readonly cuts: readonly number[];
  /** Between two chunks. */
  pause(): Promise<void>;
}

export type Way = (sending: Sending) => Promise<void>;

const folderOf = ({ spec }: Side): string => {
  if (spec.type !== 'folder') throw new Error('This way leads into folders only.');
  return spec.path;
};

const inChunks = async (path: string, { body, cuts, pause }: Sending, sizeFirst = false): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  try {
    if (sizeFirst) await file.truncate(body.length);
    let from = 0;
    for (const end of cuts) {
      if (from > 0) await pause();
      await file.write(body, from, end - from, from);
      from = end;
    }
  } finally {
    await file.close();
  }
};

const throughName =
  (temporaryOf: (name: string) => string): Way =>
  async (sending) => {
    const path = join(folderOf(sending.side), sending.key);
    const temporary = join(dirname(path), temporaryOf(basename(path)));
    await inChunks(temporary, sending);
    await rename(temporary, path);
  };

const inPlace =
  (sizeFirst: boolean): Way =>
  (sending) =>
    inChunks(join(folderOf(sending.side), sending.key), sending, sizeFirst);

const bucketOf = ({ bucket, spec }: Side) => {
  if (bucket === undefined || spec.type !== 's3') throw new Error('This way leads into buckets only.');
  return { bucket, prefix: spec.prefix };
};

const put: Way = async ({ side, key, body }) => {
  const { bucket, prefix } = bucketOf(side);
  bucket.put(prefix + key, body);
};

/** Nobody sees the parts before the last request. */
const multipart: Way = async ({ side, key, body, cuts, pause }) => {
  const { bucket, prefix } = bucketOf(side);
  const uploadId = bucket.begin(prefix + key, {});
  for (const _ of cuts.slice(1)) await pause();
  bucket.uploads.delete(uploadId);
  bucket.put(prefix + key, body, { etag: `${'0'.repeat(32)}-${cuts.length}` });
};

export const TEMPORARY_NAME = /(?:^|\/)\.[^/]+\.tmp$|\.part$/;

export const WAYS: Readonly<Record<'folder' | 's3', Readonly<Record<string, Way>>>> = {
  folder: {
    'through .name.tmp': throughName((name) => `.${name}.tmp`),
    'through name.part': throughName((name) => `${name}.part`),
    'slowly, in place': inPlace(false),
    'slowly, in place, its length first': inPlace(true),
  },
  s3: { put, multipart },
};
