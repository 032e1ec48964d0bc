// A service that bears little: everything is copied, and it is not asked for much more than it bears.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { createServices } from '../../lib/embedded/services.ts';
import type { PaceLimits } from '../../lib/stores/pace.ts';
import type { Limits } from '../../lib/workflow/limits.ts';
import type { Options } from '../../lib/workflow/request.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import { bucketSide } from '../faults/world.ts';
import { counts, givenFolders, givenHost, pictures, request, run } from '../support/embedded-migration.ts';
import { memoryS3 } from '../support/memory-s3/memory-s3.ts';
import { errorReply, KEYS } from '../support/scripted-s3.ts';

process.env.AWS_ACCESS_KEY_ID = KEYS.accessKeyId;
process.env.AWS_SECRET_ACCESS_KEY = KEYS.secretAccessKey;

const given = async (t: TestContext, count: number) => {
  const folders = await givenFolders(t);
  const service = await memoryS3();
  folders.closing.push(async () => service[Symbol.asyncDispose]());
  const [source, destination] = ['old', 'new'].map((name) => bucketSide(service, name, 'native'));
  for (const [key, content] of Object.entries(pictures(count))) await source!.put(key, content);
  const asked = (options: Partial<Options> = {}) => ({
    ...request(folders, 'sync', options),
    source: source!.spec,
    destination: destination!.spec,
  });
  return { folders, service, destination: destination!, asked };
};

describe('a service that bears eight copies at once', () => {
  test('gets every picture in the first round, and refuses few requests', async (t) => {
    const { folders, service, destination, asked } = await given(t, 600);
    let requests = 0;
    let now = 0;
    let refused = 0;
    service.around = async ({ method }, next) => {
      if (method !== 'PUT') return next();
      requests++;
      now++;
      try {
        if (now > 8) {
          refused++;
          return errorReply(503, 'SlowDown');
        }
        await pause(10);
        return next();
      } finally {
        now--;
      }
    };
    const host = await givenHost(folders);
    const { report } = await run(host, asked());
    assert.equal(report.status, 'done', report.message ?? '');
    assert.deepEqual(counts(report.outcomes), { copied: 600 });
    assert.equal((await destination.keys()).size, 600);
    assert.equal(report.rounds, 2);
    assert.ok(refused > 0, 'it was asked for too much once');
    // 64 at once, and again and again, would be some 400 in vain.
    assert.ok(refused < 120, `${refused} of ${requests} requests were refused`);
  });
});

describe('what a migration may use', () => {
  const limitsSeen = async (t: TestContext, options: Partial<Options>, limits: Partial<Limits> = {}) => {
    const { folders, asked } = await given(t, 3);
    const seen: Record<string, object> = {};
    const watching = (name: 'Plan' | 'List' | 'Copy') => (input: never, context: StepContext) => {
      const { pace } = context;
      const limit = (limits: PaceLimits): void => {
        seen[name] = limits;
        pace.limit(limits);
      };
      return steps[name](input, { ...context, pace: Object.assign(Object.create(pace), { limit }) } as never);
    };
    const watched = { ...steps, Plan: watching('Plan'), List: watching('List'), Copy: watching('Copy') };
    const host = await givenHost(folders, { steps: watched, limits });
    const { report } = await run(host, asked(options));
    assert.deepEqual(counts(report.outcomes), { copied: 3 }, report.message);
    return seen;
  };

  test('is told to its stores by Plan, List and Copy', async (t) => {
    const asked = { requestsPerSecond: 10_000, bytesPerSecond: 50_000_000 };
    assert.deepEqual(await limitsSeen(t, { tpsLimit: 10_000, bandwidthLimit: 50_000_000 }), {
      Plan: asked,
      List: asked,
      Copy: { ...asked, writesPerSecond: Number.POSITIVE_INFINITY },
    });
  });

  test('is an equal share where many invocations run at once, of as many as there are', async (t) => {
    const limits = { listChildren: 50, copyChildren: 50, shardEntries: 1 };
    const seen = await limitsSeen(t, { tpsLimit: 9_000, bandwidthLimit: 60_000_000 }, limits);
    assert.deepEqual(seen, {
      Plan: { requestsPerSecond: 9_000, bytesPerSecond: 60_000_000 },
      List: { requestsPerSecond: 9_000, bytesPerSecond: 60_000_000 },
      Copy: { requestsPerSecond: 3_000, bytesPerSecond: 20_000_000, writesPerSecond: Number.POSITIVE_INFINITY },
    });
  });

  test('is everything where nothing was asked for and the service is not AWS', async (t) => {
    assert.deepEqual(await limitsSeen(t, {}), {
      Plan: {},
      List: {},
      Copy: { writesPerSecond: Number.POSITIVE_INFINITY },
    });
  });
});

describe('migrations of one process', () => {
  const aLittle = () => new Promise(setImmediate);
  const mostAtOnce = async (places: (work: () => Promise<void>) => Promise<void>): Promise<number> => {
    let [now, most] = [0, 0];
    const copy = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await aLittle();
      now--;
    };
    await Promise.all(Array.from({ length: 40 }, () => places(copy)));
    return most;
  };

  test('share what one service bears, and no other one’s trouble', async () => {
    const services = createServices(pLimit(8));
    const [one, again, other] = ['https://a', 'https://a', 'https://b'].map((name) => services.of(name)!);
    assert.equal(one, again);
    one!.throttled();
    assert.equal(await mostAtOnce(again!.places), 4);
    assert.equal(await mostAtOnce(other!.places), 8);
    assert.notEqual(one!.writes, other!.writes);
    assert.equal(services.of(undefined), undefined);
  });

  test('have no more places together than the process', async () => {
    const shared = pLimit(4);
    const services = createServices(shared);
    let most = 0;
    const copy = async (): Promise<void> => {
      most = Math.max(most, shared.activeCount);
      await aLittle();
    };
    const all = ['https://a', 'https://b'].flatMap((name) =>
      Array.from({ length: 20 }, () => services.of(name)!.places(copy)),
    );
    await Promise.all(all);
    assert.equal(most, 4);
  });
});
