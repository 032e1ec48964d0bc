// What one invocation may use of limits that the whole migration has.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { StoreSpec } from '../../lib/stores/spec.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import type { CopyItem } from '../../lib/workflow/payloads.ts';
import type { Options } from '../../lib/workflow/request.ts';
import {
  copiesAtOnce,
  copyPace,
  itemsAtMost,
  listPace,
  planningLimits,
  planPace,
  rangesAtOnce,
} from '../../lib/workflow/shares.ts';

const DEPLOYED = { ...DEFAULT_LIMITS, copyChildren: 50, listChildren: 50 };
const EMBEDDED = DEFAULT_LIMITS;
const AWS = { type: 's3', bucket: 'new', prefix: '', createOnly: 'native' } as const;
const MINIO = { ...AWS, endpointUrl: 'https://minio.example.org' } as const;
const FOLDER = { type: 'folder', path: '/new' } as const;
const to = (destination: StoreSpec, options: Partial<Options> = {}) => ({ destination, options });
const item = (items?: number, sharing?: number): CopyItem => ({
  index: 0,
  shards: [],
  amount: { count: 0, bytes: 0 },
  ...(items === undefined ? {} : { items }),
  ...(sharing === undefined ? {} : { sharing }),
});

describe('writes a second', () => {
  const TABLE: readonly (readonly [string, CopyItem, number, number])[] = [
    ['embedded, one process has all of them', item(100, 100), 1, 3_500],
    ['deployed, 50 children of one flat prefix', item(400, 400), 50, 70],
    ['fewer items than may run at once', item(7, 7), 50, 500],
    ['items of their own ranges', item(400, 1), 50, 3_500],
    ['two in a range', item(400, 2), 50, 1_750],
    ['a plan that does not say who shares', item(10), 50, 350],
    ['an older plan that says nothing', item(), 50, 70],
  ];
  for (const [what, one, copyChildren, writesPerSecond] of TABLE)
    test(`${what}: ${writesPerSecond}`, () =>
      assert.deepEqual(copyPace(to(AWS), one, { ...DEFAULT_LIMITS, copyChildren }), { writesPerSecond }));
  for (const [what, spec, writesPerSecond] of [
    ['a region of AWS named by its endpoint', { ...AWS, endpointUrl: 'https://s3.eu-west-1.amazonaws.com' }, 70],
    ['China', { ...AWS, region: 'cn-north-1' }, 70],
    ['another service, which says itself what it bears', MINIO, Number.POSITIVE_INFINITY],
    ['a folder', FOLDER, Number.POSITIVE_INFINITY],
  ] as const)
    test(`to ${what}: ${writesPerSecond}`, () =>
      assert.deepEqual(copyPace(to(spec), item(), DEPLOYED), { writesPerSecond }));
});

describe('--tpslimit and --bwlimit', () => {
  const ASKED = { tpsLimit: 100, bandwidthLimit: 1_000_000 };

  test('are Plan’s alone, and shared by those that may list and copy at once', () => {
    assert.deepEqual(planPace(ASKED), { requestsPerSecond: 100, bytesPerSecond: 1_000_000 });
    assert.deepEqual(listPace(ASKED, 4, DEPLOYED), { requestsPerSecond: 25, bytesPerSecond: 250_000 });
    assert.deepEqual(listPace(ASKED, 1_000, DEPLOYED), { requestsPerSecond: 2, bytesPerSecond: 20_000 });
    const { requestsPerSecond, bytesPerSecond } = copyPace(to(AWS, ASKED), item(20, 1), DEPLOYED);
    assert.deepEqual({ requestsPerSecond, bytesPerSecond }, { requestsPerSecond: 5, bytesPerSecond: 50_000 });
  });

  test('embedded are the process’s, whatever the plan has', () => {
    assert.equal(listPace(ASKED, 1_000, EMBEDDED).requestsPerSecond, 100);
    assert.equal(copyPace(to(FOLDER, ASKED), item(), EMBEDDED).bytesPerSecond, 1_000_000);
  });

  test('leave everything alone where nobody asks for them', () => {
    assert.deepEqual(planPace({}), {});
    assert.deepEqual(listPace({}, 10, DEPLOYED), {});
    assert.equal(planningLimits({}, DEPLOYED), DEPLOYED);
    assert.equal(itemsAtMost({}, 1_000_000, DEPLOYED), DEPLOYED.maxCopyItems);
    assert.equal(rangesAtOnce({}), Number.POSITIVE_INFINITY);
    assert.equal(copiesAtOnce({}, {}, DEPLOYED), 64);
    assert.equal(copiesAtOnce({ concurrency: 100 }, {}, DEPLOYED), 2);
    assert.equal(copiesAtOnce({ concurrency: 10 }, {}, DEPLOYED), 1);
  });

  test('however low, no request waits much longer than a few seconds for its turn', () => {
    const rate = fc.double({ min: 0.1, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 10_000 }), (tpsLimit, shards) => {
        const tasks = planningLimits({ tpsLimit }, DEPLOYED).planTasks;
        const listing = listPace({ tpsLimit }, tasks, DEPLOYED);
        const inLine = 2 * Math.min(rangesAtOnce(listing), DEPLOYED.rangesPerTask);
        assert.ok(inLine / listing.requestsPerSecond! <= 20);
        // What 40 shards an item cannot hold is more than could be copied in a week at that rate.
        const items = Math.min(itemsAtMost({ tpsLimit }, shards, DEPLOYED), shards);
        const isCopyable = (shards * DEPLOYED.shardEntries) / tpsLimit < 7 * 86_400;
        const copying = copyPace(to(AWS, { tpsLimit }), item(items), DEPLOYED);
        const copies = copiesAtOnce({ tpsLimit }, copying, DEPLOYED);
        if (isCopyable)
          assert.ok(copies / copying.requestsPerSecond! <= 10, `${copies} at ${copying.requestsPerSecond}`);
      }),
    );
  });

  test('a slow line is not shared by more pictures than 64 KiB a second each are left for', () => {
    const copying = copyPace(to(MINIO, { bandwidthLimit: 1024 ** 2 }), item(1, 1), DEPLOYED);
    assert.equal(copiesAtOnce({}, copying, DEPLOYED), 16);
    assert.equal(copiesAtOnce({ concurrency: 200 }, copying, DEPLOYED), 4);
    assert.equal(itemsAtMost({ bandwidthLimit: 1024 ** 2 }, 600, DEPLOYED), 16);
    assert.equal(itemsAtMost({ bandwidthLimit: 1 }, 600, DEPLOYED), 15, 'no item holds more than 40 shards');
  });
});
