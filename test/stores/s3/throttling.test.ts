// Which answers count as "slow down": every one of them is told to whoever counts, also where trying again mends it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createStoreCache } from '../../../lib/stores/store-cache.ts';
import { errorReply, inTurn, type Reply, scriptedS3 } from '../../support/scripted-s3.ts';

const LISTING: Reply = { body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' };

const CASES: readonly (readonly [what: string, reply: Reply, counts: boolean])[] = [
  ['SlowDown', errorReply(503, 'SlowDown'), true],
  ['a bare 503', { status: 503 }, true],
  ['a bare 429', { status: 429 }, true],
  ['RequestLimitExceeded', errorReply(400, 'RequestLimitExceeded'), true],
  ['SlowDown inside a 200', { ...errorReply(200, 'SlowDown') }, true],
  ['an internal error', errorReply(500, 'InternalError'), false],
  ['a connection that is reset', { reset: true }, false],
  ['a refusal', errorReply(403, 'AccessDenied'), false],
];

describe('throttling', () => {
  for (const [what, reply, counts] of CASES) {
    test(`${what} is ${counts ? 'counted each time' : 'not counted'}`, async () => {
      let throttles = 0;
      const onThrottle = () => {
        throttles += 1;
      };
      await using s3 = await scriptedS3(inTurn(reply, reply, LISTING));
      const store = await s3.store({}, { onThrottle });
      await store.prefixesBelow('', 1).catch(() => {});
      assert.equal(throttles, counts ? 2 : 0);
    });
  }

  test('the stores of a process tell whoever opened them', async () => {
    let throttles = 0;
    await using s3 = await scriptedS3(inTurn({ status: 503 }, LISTING));
    const stores = createStoreCache({
      onThrottle: () => {
        throttles += 1;
      },
      keysOfSecret: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
    });
    const { endpointUrl } = s3;
    const spec = { type: 's3', bucket: 'b', prefix: '', region: 'us-east-1', secret: 'keys', endpointUrl } as const;
    const store = await stores.open({ ...spec, createOnly: 'headFirst' }, 'source');
    await store.prefixesBelow('', 1);
    assert.equal(throttles, 1);
    await stores.close();
  });
});
