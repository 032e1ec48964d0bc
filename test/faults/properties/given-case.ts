// A case's stores with its pictures in them. The S3 services are shared: each case has buckets of its own there.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cleanup } from '../../support/cleanup.ts';
import { md5Of, type PutOptions } from '../../support/memory-s3/bucket.ts';
import { type MemoryS3, memoryS3 } from '../../support/memory-s3/memory-s3.ts';
import { givenWorld, type Side, type World } from '../world.ts';
import type { Case, Picture } from './case.ts';

/** A clock that stands still but for being looked at, and for what a test lets pass. */
export class Clock {
  private at = Date.now();
  private readonly isTicking: boolean;
  constructor(isTicking: boolean) {
    this.isTicking = isTicking;
  }
  readonly now = (): number => (this.isTicking ? this.at++ : Date.now() + this.ahead);
  private ahead = 0;
  pass(ms: number): void {
    this.at += ms;
    this.ahead += ms;
  }
  /** Without being looked at. */
  get time(): number {
    return this.isTicking ? this.at : Date.now() + this.ahead;
  }
}

export interface Services extends AsyncDisposable {
  readonly source: MemoryS3;
  readonly another: MemoryS3;
  /** The next case's: fresh buckets, its own page size, clock and manners. */
  next(one: Case, clock: Clock): string;
}

export const openServices = async (): Promise<Services> => {
  const settings: { pageSize: number; now: () => number; ignoresWriteConditions: boolean; copyObjectMaxBytes: number } =
    {
      ...{ pageSize: 1_000, now: Date.now, ignoresWriteConditions: false, copyObjectMaxBytes: 1_000 },
    };
  const now = () => settings.now();
  const live = new Proxy(settings, { get: (of, name) => (name === 'now' ? now : Reflect.get(of, name)) });
  const [source, another] = await Promise.all([memoryS3(live), memoryS3(live)]);
  let cases = 0;
  return {
    source,
    another,
    next: ({ pageSize, createOnly, limits }, clock) => {
      for (const service of [source, another]) {
        service.around = undefined;
        service.seen.length = 0;
      }
      Object.assign(settings, {
        ...{ pageSize, now: () => clock.time, ignoresWriteConditions: createOnly === 'headFirst' },
        copyObjectMaxBytes: limits.copyObjectMaxBytes ?? 1_000,
      });
      return `-${cases++}`;
    },
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
      await another[Symbol.asyncDispose]();
    },
  };
};

export const givenCase = async (context: Cleanup, one: Case, services: Services, clock: Clock): Promise<World> => {
  const { stores, createOnly, limits } = one;
  const world = await givenWorld(context, {
    ...{ stores, createOnly, maxAttempts: 3 },
    ...(limits.partSizeBytes === undefined ? {} : { partSizeBytes: limits.partSizeBytes }),
    services: { ...services, bucketSuffix: services.next(one, clock) },
  });
  for (const { key, source, destination } of one.places) {
    if (source) await put(world.source, key, source, clock.time);
    if (destination) await put(world.destination, key, destination, clock.time);
  }
  return world;
};

export const bodyOf = (key: string, { bytes, content }: Picture): Buffer =>
  Buffer.from(`${content}${key}`.repeat(bytes + 1)).subarray(0, bytes);

export const put = async (side: Side, key: string, picture: Picture, now: number): Promise<Buffer> => {
  const body = bodyOf(key, picture);
  if (side.bucket === undefined) {
    const { path } = side.spec as unknown as { readonly path: string };
    if (key.endsWith('/')) await mkdir(join(path, key), { recursive: true });
    else await side.put(key, body, { modifiedAt: now - picture.ageMs });
    return body;
  }
  await side.put(key, body, objectOf(key, picture, body, now));
  return body;
};

let kmsKeys = 0;

const objectOf = (
  key: string,
  { ageMs, storage, etag, madeMs, tag }: Picture,
  body: Buffer,
  now: number,
): PutOptions => ({
  modifiedAt: now - ageMs,
  ...(storage === undefined
    ? {}
    : { storageClass: storage === 'restored' || storage === 'expired' ? 'GLACIER' : storage }),
  ...(storage === 'restored' ? { restoredUntil: now + 86_400_000 } : {}),
  // KMS makes another ETag of the same content each time.
  ...(etag === 'kms' ? { kmsKeyId: `key-${kmsKeys++}` } : {}),
  ...(etag === 'parts' ? { etag: `${md5Of(body)}-2` } : {}),
  headers: {
    'content-type': 'image/jpeg',
    ...(madeMs === undefined ? {} : { 'x-amz-meta-mtime': String((now - madeMs) / 1_000) }),
  },
  ...(tag === undefined ? {} : { tags: { of: tag, key: encodeURIComponent(key).slice(0, 20) } }),
});

export const remove = async (side: Side, key: string): Promise<void> => {
  if (side.bucket) return side.remove(key);
  await rm(join((side.spec as unknown as { readonly path: string }).path, key), { force: true });
};
