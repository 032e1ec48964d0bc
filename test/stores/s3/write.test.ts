// Writing what streams in: all its facts, and that what does not match keeps nothing.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import type { PictureFacts } from '../../../lib/stores/store.ts';
import { errorReply, inTurn, PLENTY, scriptedS3 } from '../../support/scripted-s3.ts';
import { asked, CONTENT, FACTS, md5, OK, parts, type WritingCase, writing } from './writing.ts';

describe('a picture of one part', () => {
  test('is put with its MD5, all its facts and a time of its own', async () => {
    const { result, seen } = await writing(inTurn(OK), {
      facts: {
        md5: md5(CONTENT),
        contentType: 'image/jpeg',
        contentEncoding: 'gzip',
        contentDisposition: 'inline',
        contentLanguage: 'de',
        cacheControl: 'no-cache',
        expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
        websiteRedirectLocation: '/x',
        metadata: { camera: 'north' },
        tags: { 'a b': 'c&d=é' },
        originalTime: 1_719_835_200_123.456,
      },
      options: { storageClass: 'STANDARD_IA', sseKmsKeyId: 'key-1' },
    });
    assert.deepEqual(result, { outcome: 'written' });
    assert.deepEqual(asked(seen), ['PUT']);
    const { headers, body } = seen[0]!;
    assert.deepEqual(body, CONTENT);
    const expected = {
      'content-md5': md5(CONTENT, 'base64'),
      'content-length': '10',
      'content-type': 'image/jpeg',
      'content-encoding': 'gzip',
      'content-disposition': 'inline',
      'content-language': 'de',
      'cache-control': 'no-cache',
      expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
      'x-amz-website-redirect-location': '/x',
      'x-amz-meta-camera': 'north',
      'x-amz-meta-mtime': '1719835200.123456',
      'x-amz-tagging': 'a%20b=c%26d%3D%C3%A9',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      'if-none-match': '*',
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(headers[name], value, name);
  });

  const mtimes: readonly (readonly [string, Partial<PictureFacts>, string | undefined])[] = [
    ['is left as it came', { metadata: { mtime: '7' }, originalTime: 1 }, '7'],
    ['is the file’s time', { originalTime: 1_000 }, '1'],
    ['is else when the source was written', {}, '1719835200'],
    ['is left out where it would burst the metadata', { metadata: { long: 'x'.repeat(2_040) } }, undefined],
  ];
  for (const [title, facts, mtime] of mtimes) {
    test(`mtime ${title}`, async () => {
      const { seen } = await writing(inTurn(OK), { facts });
      assert.equal(seen[0]?.headers['x-amz-meta-mtime'], mtime);
    });
  }

  test('may be empty', async () => {
    const { result, seen } = await writing(inTurn(OK), { facts: { size: 0 }, content: Readable.from([]) });
    assert.deepEqual(result, { outcome: 'written' });
    assert.equal(seen[0]?.headers['content-length'], '0');
    assert.equal(seen[0]?.headers['content-md5'], md5(Buffer.alloc(0), 'base64'));
  });

  test('is sent again from memory when the service was busy', async () => {
    const { result, seen } = await writing(inTurn(errorReply(503, 'SlowDown'), { reset: true }, OK));
    assert.deepEqual(result, { outcome: 'written' });
    for (const { body } of seen) assert.deepEqual(body, CONTENT);
  });

  test('without --no-tags carries tags, with it none', async () => {
    const { seen } = await writing(inTurn(OK), { facts: { tags: { a: 'b' } }, options: { tags: false } });
    assert.equal(seen[0]?.headers['x-amz-tagging'], undefined);
  });
});

describe('nothing is kept and nothing is sent', () => {
  const table: readonly (readonly [string, WritingCase, string])[] = [
    ['of a body with another MD5', { facts: { md5: '0'.repeat(32) } }, 'corrupted'],
    ['of a body that is too short', { facts: { size: 11 } }, 'corrupted'],
    ['of a body that is too long', { facts: { size: 9 } }, 'corrupted'],
    ['of a picture that changed while it was read', { unchanged: false }, 'changedOnSource'],
    ['of a picture that changed and became longer', { unchanged: false, facts: { size: 9 } }, 'changedOnSource'],
  ];
  for (const [title, of, expected] of table) {
    test(`${title}: ${expected}`, async () => {
      const { result, seen } = await writing(inTurn(OK), of);
      assert.equal(result.outcome === 'failed' ? result.reason : result.outcome, expected);
      assert.deepEqual(seen, []);
    });
    test(`${title}, in parts: ${expected}, and the upload is given up`, async () => {
      const { result, seen } = await writing(parts(), { ...of, store: { partSizeBytes: 4 } });
      assert.equal(result.outcome === 'failed' ? result.reason : result.outcome, expected);
      assert.equal(asked(seen).at(-1), 'DELETE ?uploadId=up');
      assert.ok(!asked(seen).includes('POST ?uploadId=up'));
    });
  }

  test('of a body that breaks off: its error goes to whoever opened it', async () => {
    const broken = () =>
      Readable.from(
        (async function* () {
          yield CONTENT.subarray(0, 6);
          throw new Error('the cable was pulled');
        })(),
      );
    await assert.rejects(writing(inTurn(OK), { content: broken() }), /the cable was pulled/);
    await assert.rejects(writing(parts(), { content: broken(), store: { partSizeBytes: 4 } }), /the cable was pulled/);
  });

  test('of a key that is no UTF-8', async () => {
    await using s3 = await scriptedS3(inTurn(OK));
    const store = await s3.store();
    const picture = { facts: FACTS, body: Readable.from([CONTENT]), unchanged: async () => true };
    const result = await store.write('\udc80', picture, { kind: 'create' }, { tags: true }, PLENTY);
    assert.equal(result.outcome === 'failed' && result.reason, 'notUtf8');
    assert.deepEqual(s3.seen, []);
  });

  test('of metadata that would end its header', async () => {
    const { result, seen } = await writing(inTurn(OK), { facts: { metadata: { a: 'x\r\nx-amz-acl: public-read' } } });
    assert.equal(result.outcome === 'failed' && result.reason, 'metadataNotAllowed');
    assert.deepEqual(seen, []);
  });
});
