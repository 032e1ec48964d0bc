// Bytes that are damaged on their way from, to, or inside a service: nothing of them may stand under a picture's name.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { Cleanup } from '../../support/cleanup.ts';
import { run } from '../../support/embedded-migration.ts';
import type { PutOptions } from '../../support/memory-s3/bucket.ts';
import type { Reply, SeenRequest } from '../../support/scripted-s3.ts';
import { chosen, eachCase } from '../kill/cases.ts';
import { proved, type Stores } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import type { World } from '../world.ts';
import { bytes, givenAlbum, hostOf, LIMITS } from './album.ts';
import { mend, type Operation, operationOf, servicesOf } from './requests.ts';

const FAULT = 'corrupted bytes';
const HOW =
  'bodies of GET with one bit flipped, cut, too long, of another picture, at one time or always; bodies of PUT and UploadPart damaged before the service reads them, or as it stores them';

const flipped = (body: Buffer): Buffer => {
  const damaged = Buffer.from(body);
  damaged[damaged.length >> 1]! ^= 4;
  return damaged;
};
const DAMAGES: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  'one bit flipped': flipped,
  'one bit of its end flipped': (body) => Buffer.concat([body.subarray(0, -1), flipped(body.subarray(-1))]),
  'shorter, and said to be': (body) => body.subarray(0, -7),
  'longer, and said to be': (body) => Buffer.concat([body, Buffer.from('more')]),
  'of another picture': (body) => bytes(body.length, 'another'),
  'two blocks swapped': (body) => Buffer.concat([body.subarray(32, 64), body.subarray(0, 32), body.subarray(64)]),
};

const base64 = async (digest: Uint8Array | Promise<Uint8Array>): Promise<string> =>
  Buffer.from(await digest).toString('base64');
const crc64 = (body: Buffer): Promise<string> => {
  const crc = new Crc64Nvme();
  crc.update(body);
  return base64(crc.digest());
};
const crc32Of = (body: Buffer): Promise<string> => {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(body));
  return base64(value);
};

/** What the source knows of a picture's content, beside an ETag that is its MD5. */
const KNOWN: Readonly<Record<string, (body: Buffer) => Promise<PutOptions>>> = {
  'an MD5': async () => ({}),
  'an ETag of parts and a CRC64NVME': async (body) => ({
    etag: `${createHash('md5').update('parts').digest('hex')}-2`,
    checksums: { crc64nvme: await crc64(body), type: 'FULL_OBJECT' },
  }),
  'KMS and a CRC32': async (body) => ({ kmsKeyId: 'key', checksums: { crc32: await crc32Of(body) } }),
  'KMS and a SHA256': async (body) => ({
    kmsKeyId: 'key',
    checksums: { sha256: createHash('sha256').update(body).digest('base64') },
  }),
};

/** Breaks what is asked of this key in this way; `times` of it. */
const breaking = (
  world: World,
  { operation, key, times }: { operation: Operation; key: string; times: number },
  broken: (request: SeenRequest, next: () => Reply) => Reply,
): void => {
  let left = times;
  for (const [, service] of servicesOf(world)) {
    service.around = (request, next) => {
      const isMeant = operationOf(request) === operation && decodeURIComponent(request.path).endsWith(key);
      return isMeant && left-- > 0 ? broken(request, next) : next();
    };
  }
};

const KEYS = ['cam2/5.jpg', 'cam2/large 1.mp4'];
const CASES = Object.keys(DAMAGES).flatMap((damage) =>
  Object.keys(KNOWN).flatMap((known) =>
    KEYS.flatMap((key) => [1, 1_000].map((times) => ({ damage, known, key, times }))),
  ),
);

const ended = async (world: World) => {
  const before = await snapshotOf(world);
  const host = await hostOf(world);
  const { id, report } = await run(host, world.request());
  return { before, host, id, report };
};

/** The proof, and a rerun by a healthy service. */
const proveBoth = async (world: World, { before, host, id }: Awaited<ReturnType<typeof ended>>): Promise<void> => {
  await proveNothingLost({ world, before, host, id });
  await host.close();
  mend(world);
  await proveRerunCompletes({ world, before }, { limits: LIMITS });
};

describe('damaged bytes', { timeout: 600_000 }, () => {
  for (const stores of ['S3 → folder', 'S3 → another S3'] as const) {
    test(`${stores}: what is read damaged is not kept, and named`, async () => {
      const prove = async ({ damage, known, key, times }: (typeof CASES)[number], _i: number, context: Cleanup) => {
        const world = await givenAlbum(context, { stores });
        const body = bytes(key.includes('large') ? 2_500 : 100, key);
        await world.source.put(key, body, await KNOWN[known]!(body));
        breaking(world, { operation: 'Get', key, times }, (_request, next) => {
          const reply = next();
          return { ...reply, body: DAMAGES[damage]!(Buffer.from(reply.body ?? '')) };
        });
        const all = await ended(world);
        const { report } = all;
        const arrived = (await world.destination.content()).has(key);
        assert.equal(report.status, 'done');
        assert.equal(arrived, times === 1, 'what arrives whole once is kept');
        const asked = damage.includes('said to be') ? 'changedOnSource' : 'failed';
        if (!arrived) assert.equal(report.outcomes?.[asked].count, 1);
        if (!arrived && asked === 'failed') assert.equal(report.reasons?.corrupted, 1);
        await proveBoth(world, all);
      };
      const cases = await eachCase(chosen(CASES, 19), prove);
      proved({ fault: FAULT, how: HOW, stores, where: 'embedded', cases });
    });
  }

  const WRITES = (['Put', 'UploadPart'] as const).flatMap((operation) =>
    [1, 3, 1_000].flatMap((times) =>
      (['native', 'headFirst'] as const).map((createOnly) => ({ operation, times, createOnly })),
    ),
  );
  for (const stores of ['folder → S3', 'S3 → another S3'] as readonly Stores[]) {
    test(`${stores}: what is written damaged is seen by the service, sent again, or named`, async () => {
      const prove = async ({ operation, times, createOnly }: (typeof WRITES)[number], _i: number, context: Cleanup) => {
        const world = await givenAlbum(context, { stores, createOnly });
        const key = operation === 'Put' ? KEYS[0]! : KEYS[1]!;
        breaking(world, { operation, key, times }, (request, next) => {
          flipped(request.body).copy(request.body);
          return next();
        });
        const all = await ended(world);
        assert.equal((await world.destination.content()).has(key), times < 1_000);
        assert.equal(all.report.reasons?.corrupted ?? 0, times < 1_000 ? 0 : 1);
        await proveBoth(world, all);
      };
      proved({ fault: FAULT, how: HOW, stores, where: 'embedded', cases: await eachCase(WRITES, prove) });
    });

    test(`${stores}: what a service stores damaged every time stays named, although a later round takes it for the picture`, async () => {
      const prove = async ({ createOnly }: (typeof WRITES)[number], _i: number, context: Cleanup) => {
        const world = await givenAlbum(context, { stores, createOnly });
        const key = KEYS[0]!;
        breaking(world, { operation: 'Put', key, times: 1_000 }, (request, next) => {
          flipped(request.body).copy(request.body);
          delete (request.headers as Record<string, string>)['content-md5'];
          return next();
        });
        const { report } = await ended(world);
        assert.equal(report.remaining?.count, 0, 'by size it is there');
        assert.equal(report.outcomes?.failed.count, 1);
        assert.deepEqual(report.reasons, { storedDamaged: 1 });
      };
      const always = WRITES.filter(({ times, operation }) => times === 1_000 && operation === 'Put');
      proved({ fault: FAULT, how: HOW, stores, where: 'embedded', cases: await eachCase(always, prove) });
    });

    test(`${stores}: what a service stores damaged, taking no notice of the MD5 it was sent, is replaced at once`, async () => {
      const prove = async ({ operation, createOnly }: (typeof WRITES)[number], _i: number, context: Cleanup) => {
        const world = await givenAlbum(context, { stores, createOnly });
        const key = operation === 'Put' ? KEYS[0]! : KEYS[1]!;
        breaking(world, { operation, key, times: 1 }, (request, next) => {
          flipped(request.body).copy(request.body);
          delete (request.headers as Record<string, string>)['content-md5'];
          return next();
        });
        const all = await ended(world);
        // What was replaced is what this very migration had written a moment before.
        const { history } = world.destination.bucket!;
        const own = history.findIndex(({ key: one, before: old }) => one.endsWith(key) && old !== undefined);
        if (operation === 'Put') assert.equal(history.splice(own, 1).length, 1);
        assert.equal(all.report.outcomes?.failed.count, 0);
        await proveBoth(world, all);
      };
      const once = WRITES.filter(({ times }) => times === 1);
      proved({ fault: FAULT, how: HOW, stores, where: 'embedded', cases: await eachCase(once, prove) });
    });
  }
});
