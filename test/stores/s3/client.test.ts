// The client: what travels over the wire, byte by byte, and what is tried again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EVERYTHING } from '../../../lib/compare/range.ts';
import { encodeKey } from '../../../lib/stores/s3/address.ts';
import type { Credentials } from '../../../lib/stores/s3/credentials.ts';
import { openServerSideRoute } from '../../../lib/stores/s3/server-side-copy.ts';
import type { S3Store } from '../../../lib/stores/s3/store.ts';
import { ODD_KEYS } from '../../support/odd-keys.ts';
import { errorReply, inTurn, KEYS, PLENTY, type Reply, scriptedS3 } from '../../support/scripted-s3.ts';
import { signatureFault } from '../../support/sigv4.ts';

const FOUND: Reply = {
  headers: {
    etag: '"900150983cd24fb0d6963f7d28e17f72"',
    'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT',
    'content-length': '3',
  },
};
const COPIED: Reply = { body: '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>' };
const refusal = (status: number, headers: Record<string, string> = {}): Reply => ({ status, headers });

const listed = async (store: S3Store): Promise<number> => {
  let count = 0;
  for await (const { entries } of store.list(EVERYTHING)) count += entries.length;
  return count;
};

describe('a key', () => {
  for (const key of ODD_KEYS) {
    test(`${JSON.stringify(key).slice(0, 60)} arrives byte for byte, in the path and as the source of a copy`, async () => {
      await using s3 = await scriptedS3((request) => (request.method === 'HEAD' ? FOUND : COPIED));
      const source = await s3.store({ bucket: 'old', prefix: 'p+/' });
      const destination = await s3.store();
      await destination.facts(key);
      const route = openServerSideRoute(source, destination, { sameService: true, tags: true, memory: PLENTY });
      assert.deepEqual(await route.copy({ key, size: 3 }, { action: 'create', listedAt: 0 }), { outcome: 'copied' });
      const [head, copy] = s3.seen;
      assert.equal(head?.url, `/pictures/${encodeKey(key)}`);
      assert.equal(copy?.url, `/pictures/${encodeKey(key)}`);
      assert.equal(decodeURIComponent(copy?.url ?? ''), `/pictures/${key}`);
      assert.equal(decodeURIComponent(copy?.headers['x-amz-copy-source'] ?? ''), `old/p+/${key}`);
      assert.match(copy?.headers['x-amz-copy-source'] ?? '', /^old\/p%2B\/[A-Za-z0-9\-_.~%/]*$/);
      for (const request of s3.seen) assert.equal(signatureFault(request, KEYS.secretAccessKey), undefined);
    });
  }
});

describe('a request is signed', () => {
  test('with its flags, its query and bytes in headers that are no ASCII', async () => {
    await using s3 = await scriptedS3((request) =>
      request.query.has('tagging')
        ? { body: '<Tagging><TagSet></TagSet></Tagging>' }
        : {
            ...FOUND,
            body: 'abc',
            headers: { ...FOUND.headers, 'x-amz-meta-place': Buffer.from('Zürich, raw').toString('latin1') },
          },
    );
    const store = await s3.store();
    const picture = await store.read('a', { size: 3, listedAt: Date.now() }, { tags: true });
    assert.ok('body' in picture);
    await store.write('b', picture, { kind: 'create' }, { tags: true }, PLENTY);
    const put = s3.seen.at(-1);
    assert.equal(Buffer.from(put?.headers['x-amz-meta-place'] ?? '', 'latin1').toString(), 'Zürich, raw');
    for (const request of s3.seen) assert.equal(signatureFault(request, KEYS.secretAccessKey), undefined);
  });

  test('with the session token of temporary keys', async () => {
    await using s3 = await scriptedS3(inTurn(FOUND));
    const store = await s3.store({}, { credentials: async () => ({ ...KEYS, sessionToken: 'token' }) });
    await store.facts('a');
    assert.equal(s3.seen[0]?.headers['x-amz-security-token'], 'token');
    assert.equal(signatureFault(s3.seen[0]!, KEYS.secretAccessKey), undefined);
  });

  test('with keys asked for once, and again before they end', async () => {
    let asked = 0;
    const credentials = (lifeMs: number) => async (): Promise<Credentials> => {
      asked += 1;
      return { ...KEYS, expiration: new Date(Date.now() + lifeMs) };
    };
    await using s3 = await scriptedS3(inTurn(FOUND));
    const lasting = await s3.store({}, { credentials: credentials(3_600_000) });
    await Promise.all([lasting.facts('a'), lasting.facts('b')]);
    await lasting.facts('c');
    assert.equal(asked, 1);
    const ending = await s3.store({}, { credentials: credentials(60_000) });
    await ending.facts('a');
    await ending.facts('b');
    assert.equal(asked, 3);
  });
});

describe('tried again, and then right', () => {
  const table: readonly (readonly [string, Reply])[] = [
    ['a connection that is reset', { reset: true }],
    ['a connection that stays silent', { hang: true }],
    ...[429, 500, 502, 503, 504].map((status) => [`a bare ${status}`, refusal(status)] as const),
    ['SlowDown', errorReply(503, 'SlowDown')],
    ['RequestTimeout, a 400', errorReply(400, 'RequestTimeout')],
    ['a write at the same moment, 409', errorReply(409, 'ConditionalRequestConflict')],
    ['an operation at the same moment, 409', errorReply(409, 'OperationAborted')],
  ];
  for (const [title, reply] of table) {
    test(title, async () => {
      await using s3 = await scriptedS3(inTurn(reply, reply, COPIED));
      const store = await s3.store({}, { longSilenceMs: 200 });
      const route = openServerSideRoute(store, store, { sameService: true, tags: true, memory: PLENTY });
      assert.deepEqual(await route.copy({ key: 'a', size: 3 }, { action: 'create', listedAt: 0 }), {
        outcome: 'copied',
      });
      assert.equal(s3.seen.length, 3);
    });
  }

  test('six times at most', async () => {
    await using s3 = await scriptedS3(inTurn(refusal(503)));
    await assert.rejects((await s3.store()).facts('a'), {
      name: 'StoreUnavailable',
      message: /HeadObject in bucket "pictures" failed after 6 attempts: 503/,
    });
    assert.equal(s3.seen.length, 6);
  });

  test('not where nobody listens for long', async () => {
    const s3 = await scriptedS3(inTurn(FOUND));
    const store = await s3.store({}, { maxAttempts: 2 });
    await s3[Symbol.asyncDispose]();
    await assert.rejects(store.facts('a'), /closed|destroyed|ECONNREFUSED/);
  });
});

describe('an answer that teaches', () => {
  test('the region is learnt once and kept', async () => {
    await using s3 = await scriptedS3((_request, number) =>
      number === 0 ? refusal(400, { 'x-amz-bucket-region': 'eu-west-1' }) : FOUND,
    );
    const store = await s3.store();
    await store.facts('a');
    await store.facts('b');
    assert.deepEqual(
      s3.seen.map(({ headers }) => /\d{8}\/([^/]+)\/s3/.exec(headers.authorization ?? '')?.[1]),
      ['us-east-1', 'eu-west-1', 'eu-west-1'],
    );
  });

  test('a region may be called as a private cloud likes', async () => {
    await using s3 = await scriptedS3((_request, number) =>
      number === 0 ? refusal(400, { 'x-amz-bucket-region': 'RegionOne' }) : FOUND,
    );
    await (await s3.store()).facts('a');
    assert.match(s3.seen[1]?.headers.authorization ?? '', /\/RegionOne\//);
  });

  test('the region may stand in the body', async () => {
    const body = '<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-south-1</Region></Error>';
    await using s3 = await scriptedS3(inTurn({ status: 400, body }, { body: '<Tagging/>' }));
    const store = await s3.store();
    await assert.rejects(listed(store));
    assert.match(s3.seen[1]?.headers.authorization ?? '', /ap-south-1/);
  });

  test('a region that sends us elsewhere again and again is an error', async () => {
    await using s3 = await scriptedS3((_request, number) =>
      refusal(301, { 'x-amz-bucket-region': `region-${number}` }),
    );
    await assert.rejects((await s3.store()).facts('a'), { name: 'StoreRefused' });
    assert.equal(s3.seen.length, 2);
  });

  test('a clock that is wrong is corrected by the server’s', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    for (const refused of [{ ...errorReply(403, 'RequestTimeTooSkewed'), headers: { date } }, refusal(403, { date })]) {
      await using s3 = await scriptedS3(inTurn(refused, FOUND));
      const store = await s3.store();
      await store.facts('a');
      const signedAt = s3.seen[1]?.headers['x-amz-date'] ?? '';
      assert.equal(signedAt.slice(0, 11), new Date(date).toISOString().replaceAll(/[-:]/g, '').slice(0, 11));
    }
  });

  test('keys that have expired are fetched anew, once', async () => {
    let asked = 0;
    const credentials = async () => ({ ...KEYS, sessionToken: `token-${++asked}` });
    const expired = errorReply(400, 'ExpiredToken');
    const list: Reply = { body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' };
    await using s3 = await scriptedS3(inTurn(expired, list));
    await listed(await s3.store({}, { credentials }));
    assert.equal(s3.seen[1]?.headers['x-amz-security-token'], 'token-2');
    await using still = await scriptedS3(inTurn(expired));
    const store = await still.store({}, { credentials });
    await assert.rejects(listed(store), {
      name: 'StoreRefused',
      message: /expired/,
    });
    assert.equal(still.seen.length, 2);
  });
});

describe('credentials', () => {
  test('of a secret are refused where nobody hands them in', async () => {
    await using s3 = await scriptedS3(inTurn(FOUND));
    const { openS3Store } = await import('../../../lib/stores/s3/store.ts');
    const spec = {
      type: 's3',
      bucket: 'b',
      prefix: '',
      region: 'r',
      endpointUrl: s3.endpointUrl,
      secret: 'keys',
      createOnly: 'headFirst',
    } as const;
    const store = await openS3Store(spec);
    await assert.rejects(store.facts('a'), { name: 'StoreRefused', message: /secret "keys"/ });
    await store.close();
    assert.equal(s3.seen.length, 0);
  });

  test('that cannot be found are StoreRefused with the way out, and are not retried', async () => {
    await using s3 = await scriptedS3(inTurn(FOUND));
    let asked = 0;
    const store = await s3.store({}, { credentials: async () => Promise.reject(new Error(`none ${++asked}`)) });
    await assert.rejects(store.facts('a'), {
      name: 'StoreRefused',
      message: /no credentials for s3:\/\/pictures\/ .*none 1; set AWS_ACCESS_KEY_ID/,
    });
    assert.equal(asked, 1);
  });
});
