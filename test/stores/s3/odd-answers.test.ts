// Answers that no healthy S3 gives: what they must not be taken for.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { EVERYTHING } from '../../../lib/compare/range.ts';
import { probeSameService } from '../../../lib/stores/s3/probe.ts';
import { wasOpened } from '../../../lib/stores/store.ts';
import { errorReply, inTurn, type Reply, type Script, scriptedS3 } from '../../support/scripted-s3.ts';
import { ABSENT, asked, HEAD, OK, parts, writing } from './writing.ts';

const PORTAL: Reply = { headers: { 'content-type': 'text/html' }, body: '<html>Welcome to the hotel</html>' };
const HEAD_FIRST = { spec: { createOnly: 'headFirst' } } as const;

describe('a picture is not called written', () => {
  for (const [what, reply] of [
    ['nothing', {}],
    ['204', { status: 204 }],
    ['a page of something else', PORTAL],
  ] as readonly (readonly [string, Reply])[]) {
    test(`where a PUT is answered with ${what}`, async () => {
      assert.equal((await writing(inTurn(reply))).result.outcome, 'failed');
      assert.equal((await writing(inTurn(reply, OK))).result.outcome, 'written');
    });
  }

  test('where the document that says so is cut before its end', async () => {
    const cut = '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipart';
    const script = parts({ 'POST ?uploadId=up': { body: cut } });
    assert.equal((await writing(script, { store: { partSizeBytes: 4 } })).result.outcome, 'failed');
  });
});

describe('headFirst', () => {
  test('looks again before it tries again: its first try may have been carried out', async () => {
    const { result, seen } = await writing(inTurn(ABSENT, { reset: true }, HEAD), HEAD_FIRST);
    assert.equal(result.outcome, 'occupied');
    assert.deepEqual(asked(seen), ['HEAD', 'PUT', 'HEAD']);
  });

  test('tries again where nothing stands there', async () => {
    const { result, seen } = await writing(inTurn(ABSENT, errorReply(503, 'SlowDown'), ABSENT, OK), HEAD_FIRST);
    assert.equal(result.outcome, 'written');
    assert.deepEqual(asked(seen), ['HEAD', 'PUT', 'HEAD', 'PUT']);
  });

  test('looks again before it completes again', async () => {
    let completions = 0;
    const script: Script = (request, number) => {
      if (request.method === 'HEAD') return completions === 0 ? ABSENT : HEAD;
      if (request.method === 'POST' && request.query.has('uploadId')) {
        completions += 1;
        return errorReply(500, 'InternalError');
      }
      return parts()(request, number);
    };
    const { result } = await writing(script, { ...HEAD_FIRST, store: { partSizeBytes: 4 } });
    assert.equal(result.outcome, 'occupied');
    assert.equal(completions, 1);
  });
});

describe('a gateway to a disk that knows no ETags', () => {
  const headers = { 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT', 'content-length': '1' };

  test('has pictures all the same', async () => {
    await using s3 = await scriptedS3(() => ({ headers, body: 'x' }));
    const store = await s3.store();
    assert.equal((await store.facts('a.jpg'))?.size, 1);
    const picture = await store.read('a.jpg', { size: 1, listedAt: Date.now() }, { tags: false });
    assert.ok('body' in picture);
    picture.body.destroy();
    assert.equal(s3.seen.length, 2);
  });
});

describe('what a proxy answers in the place of S3', () => {
  test('is no picture that stands there, nor one to be read', async () => {
    await using s3 = await scriptedS3(inTurn(PORTAL));
    const store = await s3.store({}, { maxAttempts: 2 });
    await assert.rejects(store.facts('a'), { name: 'StoreUnavailable' });
    const opened = await store.read('a', { size: 33, listedAt: Date.now() }, { tags: false });
    assert.ok(!wasOpened(opened));
    assert.equal(opened.outcome, 'failed');
  });

  test('is asked again', async () => {
    await using s3 = await scriptedS3(inTurn(PORTAL, HEAD));
    assert.equal((await (await s3.store()).facts('a'))?.size, 4);
  });

  for (const status of [408, 425, 520, 522, 524, 530, 598]) {
    test(`${status} is tried again`, async () => {
      await using s3 = await scriptedS3(inTurn({ status }, HEAD));
      assert.equal((await (await s3.store()).facts('a'))?.size, 4);
    });
  }

  test('409 without a word of S3 is tried again, 507 is not', async () => {
    assert.equal((await writing(inTurn({ status: 409 }, OK))).result.outcome, 'written');
    const { result, seen } = await writing(inTurn({ status: 507, body: errorReply(507, 'XMinioStorageFull').body! }));
    assert.equal(result.outcome === 'failed' && result.reason, 'diskFull');
    assert.equal(seen.length, 1);
  });

  test('a redirect that is temporary is tried again', async () => {
    await using s3 = await scriptedS3(inTurn(errorReply(307, 'TemporaryRedirect'), HEAD));
    assert.equal((await (await s3.store()).facts('a'))?.size, 4);
  });
});

describe('bytes that were damaged on the way', () => {
  for (const code of ['BadDigest', 'XAmzContentSHA256Mismatch', 'IncompleteBody']) {
    test(`are sent again after ${code}`, async () => {
      assert.equal((await writing(inTurn(errorReply(400, code), OK))).result.outcome, 'written');
    });
  }

  test('every time are a corrupted picture', async () => {
    const { result } = await writing(inTurn(errorReply(400, 'BadDigest')));
    assert.equal(result.outcome === 'failed' && result.reason, 'corrupted');
  });
});

describe('tags', () => {
  test('that are cut are read again, not lost', async () => {
    const tag = '<Tag><Key>a</Key><Value>b</Value></Tag>';
    const whole = `<Tagging><TagSet>${tag}</TagSet></Tagging>`;
    const script = (cut: string) => inTurn(HEAD, { body: cut }, { body: whole });
    for (const cut of [`<Tagging><TagSet>${tag.slice(0, 20)}`, '<Tagging><TagSet>']) {
      await using s3 = await scriptedS3(script(cut));
      assert.deepEqual((await (await s3.store()).facts('a', { tags: true }))?.tags, { a: 'b' });
    }
  });
});

describe('whether two buckets share a service', () => {
  test('is not decided by an answer that does not come', async () => {
    await using s3 = await scriptedS3(inTurn(errorReply(503, 'SlowDown')));
    const store = await s3.store({}, { maxAttempts: 2 });
    const other = await s3.store({ bucket: 'new' }, { maxAttempts: 2 });
    await assert.rejects(probeSameService(store, other, 'a'), { name: 'StoreUnavailable' });
  });
});

describe('a listing that the service does not know', () => {
  test('is not explained with conditional copies', async () => {
    await using s3 = await scriptedS3(inTurn(errorReply(501, 'NotImplemented')));
    const store = await s3.store();
    await assert.rejects(
      async () => {
        for await (const _page of store.list(EVERYTHING));
      },
      ({ name, message }: Error) => name === 'StoreRefused' && !/conditional/.test(message),
    );
  });
});

describe('what the service says it has stored', () => {
  const md5 = createHash('md5').update('ten bytes!').digest('hex');
  const other = createHash('md5').update('other').digest('hex');

  test('is not what was sent: the next try replaces exactly that', async () => {
    const { result, seen } = await writing(
      inTurn(
        { headers: { etag: `"${other}"` } },
        { headers: { ...HEAD.headers, etag: `"${other}"` } },
        { headers: { etag: `"${md5}"` } },
      ),
    );
    assert.equal(result.outcome, 'written');
    assert.deepEqual(
      seen.map(({ method, headers }) => [method, headers['if-none-match'], headers['if-match']]),
      [
        ['PUT', '*', undefined],
        ['HEAD', undefined, undefined],
        ['PUT', undefined, `"${other}"`],
      ],
    );
  });

  test('is never what was sent: storedDamaged', async () => {
    const { result } = await writing(
      inTurn({ headers: { etag: `"${other}"`, 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT' } }),
    );
    assert.equal(result.outcome === 'failed' && result.reason, 'storedDamaged');
  });

  test('is encrypted: no ETag is an MD5 then', async () => {
    const headers = { etag: `"${other}"`, 'x-amz-server-side-encryption': 'aws:kms' };
    assert.equal((await writing(inTurn({ headers }))).result.outcome, 'written');
  });

  test('is another part than was sent: nothing is completed', async () => {
    const script = parts({ 'PUT ?partNumber=2&uploadId=up': { headers: { etag: `"${other}"` } } });
    const { result, seen } = await writing(script, { store: { partSizeBytes: 4 } });
    assert.equal(result.outcome === 'failed' && result.reason, 'corrupted');
    assert.ok(!asked(seen).includes('POST ?uploadId=up'));
  });
});
