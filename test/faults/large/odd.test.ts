// Odd objects in whole migrations: empty ones, archived and restored ones, encrypted ones, keys as long as S3 allows.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readMigration } from '../../../lib/workflow/record.ts';
import { counts, run } from '../../support/embedded-migration.ts';
import type { PutOptions } from '../../support/memory-s3/bucket.ts';
import { type Proved, proved, STORES, type Stores } from '../ledger.ts';
import { namedBy } from '../named.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld } from '../world.ts';

const FROM_S3 = STORES.filter((stores) => stores.startsWith('S3'));
const FUTURE = Date.now() + 86_400_000;
const note = (fault: string, how: string, stores: Stores, cases: number): void =>
  proved({ fault, how, stores, where: 'embedded', cases } satisfies Proved);

describe('odd objects', { timeout: 60_000 }, () => {
  for (const stores of FROM_S3) {
    test(`${stores}: what is archived is left and named, what is restored is copied; once restored, a rerun takes it`, async (t) => {
      const world = await givenWorld(t, { stores });
      const objects: Readonly<Record<string, PutOptions>> = {
        'a/standard.jpg': {},
        'a/instant.jpg': { storageClass: 'GLACIER_IR' },
        'a/glacier.jpg': { storageClass: 'GLACIER' },
        'a/deep.jpg': { storageClass: 'DEEP_ARCHIVE' },
        'a/restored.jpg': { storageClass: 'GLACIER', restoredUntil: FUTURE },
        'a/ended.jpg': { storageClass: 'DEEP_ARCHIVE', restoredUntil: Date.now() - 1_000 },
      };
      for (const [key, options] of Object.entries(objects)) await world.source.put(key, key, options);
      const before = await snapshotOf(world);
      const host = await world.host();
      const { id, report } = await run(host, world.request());
      assert.equal(report.status, 'done', report.message);
      await proveNothingLost({ world, before, host, id });
      const record = await readMigration(host.records, id);
      const named = await namedBy(record!, host);
      const archived = [...named].filter(([, said]) => said.some((one) => one.includes('rchived'))).map(([key]) => key);
      const there = [...(await world.destination.content()).keys()];
      assert.deepEqual(
        [...archived, ...there].sort(),
        Object.keys(objects).sort(),
        'each is there or named as archived',
      );
      assert.ok(there.includes('a/restored.jpg') && there.includes('a/instant.jpg'));
      assert.equal(report.remaining?.count, 6 - there.length);
      for (const key of archived) await world.source.put(key, key);
      await host.close();
      await proveRerunCompletes({ world, before });
      note('archived and restored objects', 'GLACIER, DEEP_ARCHIVE, restored, restored once, GLACIER_IR', stores, 6);
    });

    test(`${stores}: what KMS encrypts is compared and copied by what can be known of it`, async (t) => {
      let cases = 0;
      for (const checksum of [false, true]) {
        const world = await givenWorld(t, { stores });
        await world.source.put('a/kms.jpg', 'encrypted', { kmsKeyId: 'key-1' });
        await world.source.put('a/both.jpg', 'on both sides', { kmsKeyId: 'key-1' });
        await world.destination.put('a/both.jpg', 'on both sides');
        await world.source.put('a/plain.jpg', 'plain');
        const before = await snapshotOf(world);
        const host = await world.host();
        const { id, report } = await run(host, world.request('sync', { checksum }));
        assert.equal(report.status, 'done', report.message);
        assert.deepEqual(counts(report.outcomes), { copied: 2 });
        await proveNothingLost({ world, before, host, id, options: { checksum } });
        await host.close();
        await proveRerunCompletes({ world, before, options: { checksum } });
        cases++;
      }
      note('objects that KMS encrypts', 'their ETag is no MD5: with and without --checksum', stores, cases);
    });
  }

  for (const stores of STORES) {
    test(`${stores}: empty pictures, metadata of all kinds and the longest keys arrive`, async (t) => {
      const world = await givenWorld(t, { stores });
      const segment = 'k'.repeat(200);
      // Below the prefix a key has so much less than S3's 1,024 bytes; a folder's names have 255 each.
      const longest = `${`${segment}/`.repeat(5)}${'é'.repeat(2)}`.padEnd(1_022 - 10 - 2, 'x');
      const keys = ['empty.jpg', 'a/empty.jpg', longest, 'ü/é.jpg', 'cafe\u0301.jpg', 'caf\u00e9.jpg'];
      const options = {
        headers: { 'content-type': 'image/jpeg', 'x-amz-meta-camera': 'one' },
        tags: { customer: 'a & b' },
      };
      for (const key of keys) await world.source.put(key, key.includes('empty') ? '' : key, options);
      const before = await snapshotOf(world);
      const host = await world.host();
      const { id, report } = await run(host, world.request());
      assert.equal(report.status, 'done', report.message);
      assert.deepEqual(counts(report.outcomes), { copied: keys.length });
      await proveNothingLost({ world, before, host, id });
      const copied = world.destination.bucket?.objects.get('pictures+/a/empty.jpg');
      if (copied && stores.startsWith('S3')) {
        assert.deepEqual(copied.tags, options.tags);
        assert.equal(copied.headers['x-amz-meta-camera'], 'one');
      }
      await host.close();
      await proveRerunCompletes({ world, before });
      note(
        'empty objects and the longest keys',
        '0 bytes; 1,024 bytes of key below a prefix; composed and decomposed é',
        stores,
        keys.length,
      );
    });
  }
});
