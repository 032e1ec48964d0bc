// Large and odd objects in whole migrations: parts by the thousand, copies that outlive an invocation, what is archived or encrypted.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedOptions } from '../../../lib/embedded/host.ts';
import { steps } from '../../../lib/workflow/steps/index.ts';
import { counts, run } from '../../support/embedded-migration.ts';
import type { Around } from '../../support/memory-s3/memory-s3.ts';
import type { SeenRequest } from '../../support/scripted-s3.ts';
import { proved, type Stores } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld, type World } from '../world.ts';

/** Bytes that differ everywhere, so that swapped or repeated parts show. */
const body = (sizeBytes: number, seed: string): Buffer => {
  const block = createHash('sha512').update(seed).digest();
  const whole = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 4)
    whole.writeUInt32LE((block.readUInt32LE(at % 60) + at) >>> 0, Math.min(at, sizeBytes - 4));
  return whole;
};

const isPart = ({ method, query }: SeenRequest): boolean => method === 'PUT' && query.has('partNumber');
const parts = ({ destination }: World): SeenRequest[] => (destination.service?.seen ?? []).filter(isPart);

const synced = async (world: World, options: EmbeddedOptions = {}) => {
  const before = await snapshotOf(world);
  const host = await world.host(options);
  const { id, report } = await run(host, world.request());
  assert.equal(report.status, 'done', report.message);
  await proveNothingLost({ world, before, host, id });
  await host.close();
  return { before, report };
};

describe('large objects', { timeout: 120_000 }, () => {
  const BY_PARTS: readonly Stores[] = ['folder → S3', 'S3 → S3', 'S3 → another S3'];
  for (const stores of BY_PARTS) {
    test(`${stores}: what one request cannot take goes in parts, to the last byte`, async (t) => {
      const world = await givenWorld(t, { stores, copyObjectMaxBytes: 5_000, partSizeBytes: 1_000 });
      const sizes = [4_999, 5_000, 5_001, 6_000, 6_001, 12_345];
      for (const size of sizes) await world.source.put(`cam1/${size}.mp4`, body(size, String(size)));
      const { before } = await synced(world, { limits: { copyObjectMaxBytes: 5_000, partSizeBytes: 1_000 } });
      assert.ok(parts(world).length > 20);
      await proveRerunCompletes({ world, before });
      const how = 'limits lowered: CopyObject takes 5,000 bytes, parts have 1,000; sizes around both';
      proved({ fault: 'larger than one request can take', how, stores, where: 'embedded', cases: sizes.length });
    });
  }

  for (const stores of BY_PARTS.slice(0, 2)) {
    test(`${stores}: 10,000 parts, no more, become one object`, async (t) => {
      const world = await givenWorld(t, { stores, copyObjectMaxBytes: 100, partSizeBytes: 16 });
      const whole = body(160_000, 'many');
      await world.source.put('cam1/many.mp4', whole);
      await synced(world, { limits: { copyObjectMaxBytes: 100, partSizeBytes: 16 } });
      assert.equal(parts(world).length, 10_000);
      assert.equal(Math.max(...parts(world).map(({ query }) => Number(query.get('partNumber')))), 10_000);
      const how = 'parts of 16 bytes: 10,000 of them make one object';
      proved({ fault: 'an upload of 10,000 parts', how, stores, where: 'embedded', cases: 1 });
    });
  }

  test('S3 → S3: a copy that outlives its invocations goes on in the next ones, no part is copied twice', async (t) => {
    const world = await givenWorld(t, { stores: 'S3 → S3', copyObjectMaxBytes: 1_000, partSizeBytes: 1_000 });
    await world.source.put('cam1/long.mp4', body(24_000, 'long'));
    world.destination.service!.around = slowly(25);
    const invocations: number[] = [];
    const { report, before } = await synced(world, {
      limits: { copyObjectMaxBytes: 1_000, partSizeBytes: 1_000, handOnMs: 60, commitEveryMs: 20 },
      invocationMs: 110,
      steps: {
        ...steps,
        Copy: (input, context) => {
          invocations.push(context.now());
          return steps.Copy(input, context);
        },
      },
    });
    assert.ok(invocations.length >= 2, `${invocations.length} invocations copied`);
    assert.deepEqual(counts(report.outcomes), { copied: 1 });
    assert.equal(parts(world).length, 24);
    await proveRerunCompletes({ world, before });
    const how = 'invocations of 110 ms, parts that take 25: each goes on with the parts of the one before';
    proved({ fault: 'a copy that outlives its invocation', how, stores: 'S3 → S3', where: 'embedded', cases: 1 });
  });

  test('S3 → another S3: streams that only together take too long share the line with fewer, and all arrive', async (t) => {
    const world = await givenWorld(t, { stores: 'S3 → another S3' });
    const keys = Array.from({ length: 8 }, (_, i) => `cam1/${i}.mp4`);
    for (const key of keys) await world.source.put(key, body(9_000, key));
    // Eight at once share the line: each takes as long as all that are under way.
    let underWay = 0;
    world.source.service!.around = async (request, next) => {
      if (request.method !== 'GET' || !request.path.endsWith('.mp4') || request.query.has('tagging')) return next();
      underWay += 1;
      await sleep(20);
      const dripMs = underWay * 60;
      setTimeout(() => {
        underWay -= 1;
      }, dripMs);
      return { ...next(), dripMs };
    };
    const { report, before } = await synced(world, {
      limits: { handOnMs: 100, commitEveryMs: 20, copiesPerShard: 8 },
      invocationMs: 400,
    });
    assert.equal(report.outcomes.failed.count, 0);
    await proveRerunCompletes({ world, before });
    const how = 'eight streams that share a line: together none ends in time, four times fewer at once do';
    proved({
      fault: 'streams that together outlive their invocation',
      how,
      stores: 'S3 → another S3',
      where: 'embedded',
      cases: keys.length,
    });
  });

  test('S3 → another S3: what streams for longer than an invocation may run is failed by name; the others arrive', async (t) => {
    const world = await givenWorld(t, { stores: 'S3 → another S3' });
    await world.source.put('cam1/long.mp4', body(90_000, 'long'));
    for (const key of ['cam1/a.jpg', 'cam1/b.jpg', 'cam2/c.jpg']) await world.source.put(key, key);
    world.source.service!.around = (request, next) =>
      request.path.endsWith('long.mp4') && request.method === 'GET' && !request.query.has('tagging')
        ? { ...next(), dripMs: 5_000 }
        : next();
    const before = await snapshotOf(world);
    const host = await world.host({ limits: { handOnMs: 100, commitEveryMs: 20 }, invocationMs: 300 });
    const { id, report } = await run(host, world.request());
    assert.equal(report.status, 'done', report.message);
    const { copied, alreadyThere, failed } = report.outcomes;
    // What ended behind the long one was not committed with it, and is tried again.
    assert.deepEqual([copied.count + alreadyThere.count, failed.count], [3, 1]);
    assert.deepEqual(report.reasons, { tookTooLong: 1 });
    await proveNothingLost({ world, before, host, id });
    await host.close();
    world.source.service!.around = undefined;
    await proveRerunCompletes({ world, before });
    const how = 'a body that drips for longer than any invocation runs: failed(tookTooLong), the others arrive';
    proved({
      fault: 'a stream that outlives its invocation',
      how,
      stores: 'S3 → another S3',
      where: 'embedded',
      cases: 1,
    });
  });
});

const slowly =
  (ms: number): Around =>
  async (request, next) => {
    if (isPart(request)) await sleep(ms);
    return next();
  };
