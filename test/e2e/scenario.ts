// One migration told once and run on two ways, deployed and embedded: 2,050 pictures on one side, two of five on the other.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import pMap from 'p-map';
import type { Options } from '../../lib/workflow/request.ts';

export interface Picture {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

const dayOf = (index: number): string => `202602${String(1 + Math.floor(index / 100)).padStart(2, '0')}`;
const minuteOf = (index: number): string => String(index % 100).padStart(2, '0');

/** Three cameras, their raw twins, and keys that have lost pictures in other tools. */
const KEYS = [
  ...Array.from({ length: 20 }, (_, i) => `cam1/pictures/20260131/2026013112${String(i).padStart(2, '0')}00.jpg`),
  ...Array.from({ length: 10 }, (_, i) => `cam10/pictures/20260131/2026013112${String(i).padStart(2, '0')}00.jpg`),
  ...Array.from({ length: 12 }, (_, i) => `cam1/pictures/raw/20260131/2026013112${String(i).padStart(2, '0')}00.dng`),
  ...Array.from({ length: 2_000 }, (_, i) => `cam2/pictures/${dayOf(i)}/${dayOf(i)}12${minuteOf(i)}00.jpg`),
  'loose.jpg',
  'cam1/empty.jpg',
  'odd/a b+c%20?#.jpg',
  'odd/caf\u00e9.jpg',
  'odd/cafe\u0301.jpg',
  'odd/double//slash.jpg',
  'odd/narrow\u202fspace.jpg',
  'odd/\u{1f600}.jpg',
];

const bodyOf = (key: string, index: number): Buffer =>
  key.includes('empty') ? Buffer.alloc(0) : Buffer.from(`${key}\n`.repeat(10 + (index % 50)));

const NO_MORE: Readonly<Record<string, string>> = {};

const pictures = KEYS.map(
  (key, index): Picture => ({
    key,
    body: bodyOf(key, index),
    contentType: key.endsWith('.dng') ? 'image/x-adobe-dng' : 'image/jpeg',
    metadata: index % 2 === 0 ? { camera: 'one', 'exposure-ms': String(index) } : NO_MORE,
    tags: index % 5 === 0 ? { project: 'tower', step: String(index) } : NO_MORE,
  }),
);

/** Shared and missing pictures in every folder. */
const shared = pictures.filter((_, index) => index % 5 < 2);

const amount = (of: readonly Picture[]) => ({
  count: of.length,
  bytes: of.reduce((sum, { body }) => sum + body.length, 0),
});
const missing = pictures.filter((picture) => !shared.includes(picture));

export const scenario = {
  source: pictures,
  destination: shared,
  options: {
    include: [],
    exclude: [],
    checksum: true,
    onDifferent: 'keep',
    order: 'newest',
    tags: true,
  } satisfies Options,
  expected: {
    status: 'done',
    rounds: 2,
    findings: { shared: amount(shared), missingOnDestination: amount(missing) },
    outcomes: { copied: amount(missing) },
    remaining: { count: 0, bytes: 0 },
  },
} as const;

/** Makes a bucket that holds these pictures. */
export const fill = async (s3: S3Client, Bucket: string, with_: readonly Picture[]): Promise<void> => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await pMap(
    with_,
    ({ key, body, contentType, metadata, tags }) =>
      s3.send(
        new PutObjectCommand({
          Bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          Metadata: metadata,
          Tagging: new URLSearchParams(tags).toString(),
        }),
      ),
    { concurrency: 8 },
  );
};

/** Everything of a bucket that a migration promises to keep, read by a client that is not Picferry's. */
export const contents = async (s3: S3Client, Bucket: string): Promise<Record<string, unknown>> => {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key } of page.Contents ?? []) keys.push(Key ?? '');
  }
  const read = async (Key: string): Promise<[string, unknown]> => {
    const { Body, ContentType, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    const hash = createHash('sha256').update((await Body?.transformToByteArray()) ?? '');
    const tags = Object.fromEntries((TagSet ?? []).map(({ Key: name, Value }) => [name, Value]));
    return [Key, { sha256: hash.digest('hex'), type: ContentType, metadata: Metadata, tags }];
  };
  return Object.fromEntries(await pMap(keys.sort(), read, { concurrency: 8 }));
};

export const asContents = (of: readonly Picture[]): Record<string, unknown> =>
  Object.fromEntries(
    of.map(({ key, body, contentType, metadata, tags }) => [
      key,
      { sha256: createHash('sha256').update(body).digest('hex'), type: contentType, metadata, tags },
    ]),
  );

/** What the two do not have alike, a few keys of it: thousands of pictures printed whole would say nothing. */
export const unlike = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !isDeepStrictEqual(a[key], b[key])).slice(0, 5);
