// Whether pictures can be copied within the service: only where the destination's credentials read a listed source key.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { probeSameService } from '../../../lib/stores/s3/probe.ts';
import { inTurn, type Reply, scriptedS3 } from '../../support/scripted-s3.ts';

const THERE: Reply = {
  headers: { etag: '"e"', 'content-length': '1', 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT' },
};

describe('two stores share a service', () => {
  test('where the destination’s credentials read the source', async () => {
    await using s3 = await scriptedS3(inTurn(THERE));
    const source = await s3.store({ bucket: 'old', prefix: 'p/' });
    const keys = { accessKeyId: 'AKIADEST', secretAccessKey: 'x' };
    const destination = await s3.store({ bucket: 'new' }, { credentials: async () => keys });
    assert.equal(await probeSameService(source, destination, 'a b'), true);
    assert.equal(s3.seen[0]?.url, '/old/p/a%20b');
    assert.match(s3.seen[0]?.headers.authorization ?? '', /AKIADEST/);
  });

  test('not where they are refused, or see nothing there', async () => {
    for (const status of [403, 404]) {
      await using s3 = await scriptedS3(inTurn({ status }));
      const store = await s3.store();
      assert.equal(await probeSameService(store, await s3.store({ bucket: 'new' }), 'a'), false);
    }
  });

  test('not where the endpoints differ or no key is known; nothing is asked then', async () => {
    await using one = await scriptedS3(inTurn(THERE));
    await using other = await scriptedS3(inTurn(THERE));
    const store = await one.store();
    assert.equal(await probeSameService(store, await other.store(), 'a'), false);
    assert.equal(await probeSameService(store, await one.store({ bucket: 'new' }), undefined), false);
    assert.equal(one.seen.length + other.seen.length, 0);
  });
});
