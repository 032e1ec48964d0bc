// The client asks before every attempt, so that repetitions count as well.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EVERYTHING } from '../../../lib/compare/range.ts';
import { Pace } from '../../../lib/stores/pace.ts';
import { retryDelay } from '../../../lib/stores/s3/retry-delay.ts';
import { openServerSideRoute } from '../../../lib/stores/s3/server-side-copy.ts';
import { errorReply, PLENTY, type Script, scriptedS3 } from '../../support/scripted-s3.ts';

const LISTING = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const COPIED = { body: '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>' };

class CountingPace extends Pace {
  readonly asked: string[] = [];
  override beforeRequest(method: string): Promise<void> | undefined {
    this.asked.push(method);
    return super.beforeRequest(method);
  }
}

/** Every other request is told to slow down. */
const everyOther: Script = ({ method }, number) =>
  number % 2 === 0 ? errorReply(503, 'SlowDown') : method === 'PUT' ? COPIED : { body: LISTING };

describe('the pace of a store', () => {
  test('is asked before each attempt of listing and copying, and of nothing else', async () => {
    const pace = new CountingPace();
    await using s3 = await scriptedS3(everyOther);
    const store = await s3.store({}, { pace });
    for await (const _ of store.list(EVERYTHING));
    const route = openServerSideRoute(store, store, { sameService: true, tags: true, memory: PLENTY });
    assert.deepEqual(await route.copy({ key: 'a', size: 3 }, { action: 'create', listedAt: 0 }), { outcome: 'copied' });
    assert.deepEqual(pace.asked, ['GET', 'GET', 'PUT', 'PUT']);
    assert.deepEqual(
      s3.seen.map(({ method }) => method),
      pace.asked,
    );
  });

  test('holds a request back before it is signed: a date from before the wait would be refused', async () => {
    const gate = Promise.withResolvers<void>();
    const pace = new (class extends Pace {
      override beforeRequest = () => gate.promise;
    })();
    let askedForKeys = 0;
    await using s3 = await scriptedS3(() => ({ body: LISTING }));
    const credentials = async () => {
      askedForKeys++;
      return { accessKeyId: 'a', secretAccessKey: 's' };
    };
    const store = await s3.store({}, { pace, credentials });
    const listing = store.prefixesBelow('', 1);
    await new Promise(setImmediate);
    assert.equal(askedForKeys, 0);
    gate.resolve();
    await listing;
    assert.equal(s3.seen.length, 1);
  });
});

describe('before a repetition', () => {
  test('a request waits anything up to a bound that doubles, and never more than ten seconds', () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 20].map((attempt) => retryDelay(attempt, 250, () => 1));
    assert.deepEqual(bounds, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, part) => {
        assert.equal(
          retryDelay(attempt, 250, () => part),
          part * retryDelay(attempt, 250, () => 1),
        );
      }),
    );
  });
});
