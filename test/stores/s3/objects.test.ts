// Looking at single objects and opening them: every refusal is an outcome with its reason.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { OpenPicture, ReadRefusal } from '../../../lib/stores/store.ts';
import { errorReply, inTurn, type Reply, type Script, scriptedS3 } from '../../support/scripted-s3.ts';

const LISTED_AT = Date.parse('Mon, 01 Jul 2024 12:00:00.700 GMT');
const MD5_OF_ABC = '900150983cd24fb0d6963f7d28e17f72';
const object = (headers: Record<string, string> = {}): Reply => ({
  headers: { etag: `"${MD5_OF_ABC}"`, 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT', ...headers },
  body: 'abc',
});

/** The object, and what its tags are answered with. */
const tagged =
  (picture: Reply, tags: Reply): Script =>
  ({ query }) =>
    query.has('tagging') ? tags : picture;

const reading = async (script: Script, tags = false): Promise<OpenPicture | ReadRefusal> => {
  await using s3 = await scriptedS3(script);
  const store = await s3.store({}, { maxAttempts: 2 });
  const opened = await store.read('a', { size: 3, listedAt: LISTED_AT }, { tags });
  if ('body' in opened) await buffer(opened.body);
  return opened;
};

describe('reading', () => {
  test('gives the bytes and everything HTTP tells', async () => {
    await using s3 = await scriptedS3(
      tagged(
        object({
          'content-type': 'image/jpeg',
          'content-encoding': 'gzip, aws-chunked',
          'content-disposition': 'inline',
          'content-language': 'de',
          'cache-control': 'max-age=1',
          expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
          'x-amz-website-redirect-location': '/other',
          'x-amz-meta-camera': 'north',
          'x-amz-meta-mtime': '1719835200.123456789',
        }),
        {
          body: '<Tagging><TagSet><Tag><Key>a&amp;b</Key><Value>1 2</Value></Tag><Tag><Key>empty</Key><Value/></Tag></TagSet></Tagging>',
        },
      ),
    );
    const store = await s3.store();
    const opened = await store.read('a', { size: 3, listedAt: LISTED_AT }, { tags: true });
    assert.ok('body' in opened);
    assert.equal((await buffer(opened.body)).toString(), 'abc');
    assert.equal(await opened.unchanged(), true);
    assert.deepEqual(opened.facts, {
      size: 3,
      modifiedAt: Date.parse('2024-07-01T11:00:00Z'),
      etag: MD5_OF_ABC,
      md5: MD5_OF_ABC,
      contentType: 'image/jpeg',
      contentEncoding: 'gzip',
      contentDisposition: 'inline',
      contentLanguage: 'de',
      cacheControl: 'max-age=1',
      expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
      websiteRedirectLocation: '/other',
      metadata: { camera: 'north', mtime: '1719835200.123456789' },
      tags: { 'a&b': '1 2', empty: '' },
      originalTime: 1719835200123.457,
    });
    assert.equal(
      s3.seen.find(({ query }) => !query.has('tagging'))?.headers['if-unmodified-since'],
      'Mon, 01 Jul 2024 12:00:00 GMT',
    );
    assert.equal(s3.seen[0]?.url, '/pictures/a?tagging');
  });

  const refusals: readonly (readonly [string, Reply, string, RegExp?])[] = [
    ['gone', errorReply(404, 'NoSuchKey'), 'goneFromSource'],
    ['changed, says the service', errorReply(412, 'PreconditionFailed'), 'changedOnSource'],
    ['another size', { ...object(), body: 'abcd' }, 'changedOnSource'],
    [
      'a later time from a service that ignores the condition',
      object({ 'last-modified': 'Mon, 01 Jul 2024 12:00:01 GMT' }),
      'changedOnSource',
    ],
    ['archived', errorReply(403, 'InvalidObjectState'), 'archivedMeanwhile'],
    [
      'denied',
      errorReply(403, 'AccessDenied'),
      'accessDenied',
      /GetObject in bucket "pictures" failed: 403 AccessDenied.*s3:ListBucket/,
    ],
    ['out of order for long', errorReply(500, 'InternalError'), 'sourceUnavailable', /after 2 attempts/],
    ['metadata that HTTP cannot carry', object({ 'x-amz-missing-meta': '2' }), 'metadataHidden', /2 metadata values/],
    ['refused for a reason of its own', errorReply(405, 'MethodNotAllowed'), 'refused', /405 MethodNotAllowed/],
  ];
  for (const [title, reply, expected, detail] of refusals) {
    test(`${title}: ${expected}`, async () => {
      const refused = await reading(inTurn(reply));
      assert.ok('outcome' in refused);
      assert.equal(refused.outcome === 'failed' ? refused.reason : refused.outcome, expected);
      if (detail) assert.match(refused.outcome === 'failed' ? (refused.detail ?? '') : '', detail);
    });
  }

  test('within the second of the listing is no change', async () => {
    assert.ok('body' in (await reading(inTurn(object({ 'last-modified': 'Mon, 01 Jul 2024 12:00:00 GMT' })))));
  });

  test('tags that may not be read fail the picture, with the way out', async () => {
    const refused = await reading(tagged(object(), errorReply(403, 'AccessDenied')), true);
    assert.ok('outcome' in refused && refused.outcome === 'failed');
    assert.equal(refused.reason, 'tagsDenied');
    assert.match(refused.detail ?? '', /s3:GetObjectTagging, or use --no-tags/);
  });

  test('tags are read although there is one connection only: no body holds it meanwhile', async () => {
    await using s3 = await scriptedS3(tagged(object(), { body: '<Tagging><TagSet/></Tagging>' }));
    const store = await s3.store({}, { maxConnections: 1 });
    const opened = await store.read('a', { size: 3, listedAt: LISTED_AT }, { tags: true });
    assert.ok('body' in opened);
    assert.equal((await buffer(opened.body)).toString(), 'abc');
    assert.deepEqual(
      s3.seen.map(({ query }) => query.has('tagging')),
      [true, false],
    );
  });

  test('a service without tags has none, whatever it answers', async () => {
    for (const reply of [errorReply(501, 'NotImplemented'), errorReply(405, 'MethodNotAllowed'), object()]) {
      const opened = await reading(tagged(object(), reply), true);
      assert.ok('body' in opened);
      assert.deepEqual(opened.facts.tags, {});
    }
  });

  // Small ones are gathered before they are handed out, larger ones stream.
  for (const [size, cutAfter] of [
    [3, 0],
    [3, 2],
    [200_000, 150_000],
    [3_000_000, 2],
    [3_000_000, 2_000_000],
  ] as const)
    test(`a body of ${size} that is cut off behind ${cutAfter} ends with an error, never short`, async () => {
      await using s3 = await scriptedS3(inTurn({ ...object(), body: Buffer.alloc(size, 'abc'), cutAfter }));
      const store = await s3.store();
      const opened = await store.read('a', { size, listedAt: LISTED_AT }, { tags: false });
      assert.ok('body' in opened);
      await assert.rejects(buffer(opened.body));
    });

  test('of a body longer than its picture a little more than that is read, and it shows', async () => {
    const chunked = { ...object({ 'transfer-encoding': 'chunked' }), body: Buffer.alloc(3_000_000, 'abc') };
    await using s3 = await scriptedS3(({ method }) => (method === 'GET' ? chunked : {}));
    const store = await s3.store();
    const opened = await store.read('a', { size: 3, listedAt: LISTED_AT }, { tags: false });
    assert.ok('body' in opened);
    const { length } = await buffer(opened.body);
    assert.ok(length > 3 && length < 300_000, `${length} bytes`);
  });

  test('a body nobody wants any more ends without an error', async () => {
    await using s3 = await scriptedS3(inTurn({ ...object(), body: Buffer.alloc(3_000_000) }));
    const store = await s3.store();
    const opened = await store.read('a', { size: 3_000_000, listedAt: LISTED_AT }, { tags: false });
    assert.ok('body' in opened);
    const closed = new Promise((resolve) => opened.body.once('close', resolve));
    opened.body.destroy();
    await closed;
    assert.equal(opened.body.errored, null);
  });

  test('a key that is no UTF-8 cannot be there', async () => {
    await using s3 = await scriptedS3(inTurn(object()));
    const store = await s3.store();
    assert.deepEqual(await store.read('\udc80', { size: 3, listedAt: 0 }, { tags: false }), {
      outcome: 'goneFromSource',
    });
    assert.equal(await store.facts('\udc80'), undefined);
    assert.equal(s3.seen.length, 0);
  });
});

describe('facts', () => {
  test('nothing there is undefined; what may not be told is StoreRefused', async () => {
    await using s3 = await scriptedS3((request) => ({ status: request.path.endsWith('gone') ? 404 : 403 }));
    const store = await s3.store();
    assert.equal(await store.facts('gone'), undefined);
    await assert.rejects(store.facts('hidden'), { name: 'StoreRefused', message: /s3:ListBucket/ });
  });

  const etags: readonly (readonly [string, Record<string, string>, string | undefined])[] = [
    ['of a single part is the MD5', {}, MD5_OF_ABC],
    ['with keys of S3 too', { 'x-amz-server-side-encryption': 'AES256' }, MD5_OF_ABC],
    ['with keys of KMS is none', { 'x-amz-server-side-encryption': 'aws:kms' }, undefined],
    ['with keys of KMS, twice, is none', { 'x-amz-server-side-encryption': 'aws:kms:dsse' }, undefined],
    ['with keys of the customer is none', { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, undefined],
    ['of parts is none', { etag: `"${MD5_OF_ABC}-2"` }, undefined],
  ];
  for (const [title, headers, md5] of etags) {
    test(`an ETag ${title}`, async () => {
      await using s3 = await scriptedS3(inTurn(object({ ...headers, 'content-length': '3' })));
      assert.equal((await (await s3.store()).facts('a'))?.md5, md5);
    });
  }

  test('the MD5 for --checksum comes out of the listing', async () => {
    await using s3 = await scriptedS3(inTurn(object()));
    const store = await s3.store();
    const entry = { key: 'a', size: 3, modifiedAt: 0 };
    assert.equal(await store.md5({ ...entry, etag: MD5_OF_ABC }), MD5_OF_ABC);
    assert.equal(await store.md5({ ...entry, etag: `${MD5_OF_ABC}-2` }), undefined);
    assert.equal(await store.md5(entry), undefined);
    assert.equal(s3.seen.length, 0);
  });
});
