// What a folder tells of a picture: its size, its time, and the type its name promises.
import type { BigIntStats } from 'node:fs';
import type { PictureFacts } from '../store.ts';

/** Only what cameras and picture pipelines leave behind; anything else gets no type rather than a guess. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  heif: 'image/heif',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  bmp: 'image/bmp',
  dng: 'image/x-adobe-dng',
  cr2: 'image/x-canon-cr2',
  cr3: 'image/x-canon-cr3',
  nef: 'image/x-nikon-nef',
  arw: 'image/x-sony-arw',
  raf: 'image/x-fuji-raf',
  orf: 'image/x-olympus-orf',
  rw2: 'image/x-panasonic-rw2',
  mp4: 'video/mp4',
  json: 'application/json',
  xml: 'application/xml',
  txt: 'text/plain',
};

export const contentTypeOf = (key: string): string | undefined => {
  const extension = /\.([^./]+)$/.exec(key)?.[1]?.toLowerCase();
  return extension !== undefined && Object.hasOwn(CONTENT_TYPES, extension) ? CONTENT_TYPES[extension] : undefined;
};

export const factsOf = (key: string, stats: BigIntStats): PictureFacts => {
  const contentType = contentTypeOf(key);
  return {
    size: stats.isDirectory() ? 0 : Number(stats.size),
    modifiedAt: Number(stats.mtimeNs / 1_000_000n),
    ...(contentType === undefined ? {} : { contentType }),
    metadata: {},
    version: versionOf(stats),
    originalTime: originalTimeOf(stats),
  };
};

/** To the microsecond: that much a double holds, and that much `utimes` sets. */
const originalTimeOf = (stats: BigIntStats): number => Number(stats.mtimeNs / 1_000n) / 1_000;

/**
 * The same content as before, as far as a file system can tell without reading it again. Whoever writes may set the time
 * back afterwards, as cameras do that date a file by its exposure; when its inode changed nobody can set.
 */
export const sameVersion = (a: BigIntStats, b: BigIntStats): boolean =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && versionOf(a) === versionOf(b);

const versionOf = ({ ino, ctimeNs }: BigIntStats): string => `${ino}-${ctimeNs}`;
