// Copies in parts: what they carry over, and how they hand on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OpenUpload } from '../../../lib/stores/copy.ts';
import { partSizeFor } from '../../../lib/stores/part-size.ts';
import { errorReply, scriptedS3 } from '../../support/scripted-s3.ts';
import { ABORT, asked, copying, etagOf, HEAD, named } from './copying-in-parts.ts';

describe('a copy in parts', () => {
  test('reads facts and tags first and sets them on creation, with a time of its own', async () => {
    const { outcome, seen } = await copying({}, { options: { storageClass: 'STANDARD_IA' } });
    assert.deepEqual(outcome, { outcome: 'copied' });
    assert.deepEqual(asked(seen).slice(0, 3), ['HEAD /old/a', 'GET /old/a?tagging', 'POST /new/a?uploads']);
    const { headers } = seen[2]!;
    assert.equal(headers['content-type'], 'video/mp4');
    assert.equal(headers['x-amz-meta-camera'], 'north');
    assert.equal(headers['x-amz-meta-mtime'], '1719831600');
    assert.equal(headers['x-amz-tagging'], 'k=v');
    assert.equal(headers['x-amz-storage-class'], 'STANDARD_IA');
  });

  test('covers every byte once, of the version that was read', async () => {
    const { seen } = await copying();
    const parts = seen.filter(({ query }) => query.has('partNumber'));
    parts.sort((a, b) => Number(a.query.get('partNumber')) - Number(b.query.get('partNumber')));
    assert.deepEqual(
      parts.map(({ headers }) => headers['x-amz-copy-source-range']),
      Array.from({ length: 10 }, (_, i) => `bytes=${i * 10}-${Math.min(94, i * 10 + 9)}`),
    );
    for (const { headers } of parts) {
      assert.equal(headers['x-amz-copy-source'], 'old/a');
      assert.equal(headers['x-amz-copy-source-if-match'], '"source"');
      assert.equal(headers['x-amz-copy-source-if-unmodified-since'], 'Mon, 01 Jul 2024 12:00:00 GMT');
    }
    const completion = seen.at(-1)!;
    assert.equal(completion.headers['if-none-match'], '*');
    assert.deepEqual(
      [...completion.body.toString().matchAll(/&#34;(\w+)&#34;/g)].map(([, etag]) => etag),
      Array.from({ length: 10 }, (_, i) => etagOf(i + 1)),
    );
  });

  test('without tags asks for none', async () => {
    const { seen } = await copying({}, { options: { tags: false } });
    assert.ok(!asked(seen).includes('GET /old/a?tagging'));
    assert.equal(seen[1]?.headers['x-amz-tagging'], undefined);
  });

  test('makes parts larger where ten thousand would not do', () => {
    const mebibyte = 1024 ** 2;
    const terabytes = 5 * 1024 ** 4;
    assert.equal(partSizeFor(640_000 * mebibyte, 64 * mebibyte), 64 * mebibyte);
    const larger = partSizeFor(terabytes, 64 * mebibyte);
    assert.ok(Math.ceil(terabytes / larger) <= 10_000);
    assert.equal(larger % mebibyte, 0);
  });
});

describe('handing on', () => {
  test('stops between parts and goes on where it stopped, until it is whole', async () => {
    const handOver = AbortSignal.abort();
    let upload: OpenUpload | undefined;
    const copied: string[] = [];
    for (let invocation = 1; ; invocation++) {
      const { outcome, seen } = await copying({}, { handOver, ...(upload ? { upload } : {}) });
      copied.push(...seen.flatMap(({ query }) => query.get('partNumber') ?? []));
      assert.ok(!asked(seen).includes(ABORT));
      if (outcome.outcome !== 'unfinished') {
        assert.deepEqual([outcome.outcome, invocation], ['copied', 3]);
        break;
      }
      assert.equal(outcome.upload.key, 'a');
      assert.deepEqual(
        outcome.upload.parts,
        Array.from(outcome.upload.parts, (_, i) => etagOf(i + 1)),
      );
      upload = outcome.upload;
    }
    assert.deepEqual(
      copied.map(Number).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  });

  const left: OpenUpload = {
    key: 'a',
    uploadId: 'left',
    partSizeBytes: 10,
    parts: Array.from({ length: 8 }, (_, i) => etagOf(i + 1)),
  };

  test('keeps the part size an upload began with', async () => {
    const { seen } = await copying({}, { upload: left, options: { partSizeBytes: 30 } });
    assert.deepEqual(
      seen
        .filter(({ query }) => query.has('partNumber'))
        .map(({ headers }) => headers['x-amz-copy-source-range'])
        .sort(),
      ['bytes=80-89', 'bytes=90-94'],
    );
  });

  test('begins once more where the upload is gone', async () => {
    const gone = errorReply(404, 'NoSuchUpload');
    const { outcome, seen } = await copying(
      { 'PUT /new/a?partNumber=9&uploadId=left': gone, 'PUT /new/a?partNumber=10&uploadId=left': gone },
      { upload: left },
    );
    assert.equal(named(outcome), 'copied');
    assert.equal(seen.filter(({ url }) => url.endsWith('uploadId=up')).length, 11);
  });

  test('gives the upload up where the picture changed or went meanwhile', async () => {
    const changed = { headers: { ...HEAD.headers, 'last-modified': 'Mon, 01 Jul 2024 12:00:01 GMT' } };
    for (const [reply, expected] of [
      [changed, 'changedOnSource'],
      [{ status: 404 }, 'goneFromSource'],
    ] as const) {
      const { outcome, seen } = await copying({ 'HEAD /old/a': reply }, { upload: left });
      assert.equal(named(outcome), expected);
      assert.equal(asked(seen).at(-1), 'DELETE /new/a?uploadId=left');
    }
  });

  test('abandons an upload, also one that is gone already', async () => {
    await using s3 = await scriptedS3((_request, number) =>
      number === 0 ? { status: 204 } : errorReply(404, 'NoSuchUpload'),
    );
    const store = await s3.store({ prefix: 'p/' });
    await store.abandon(left.key, left.uploadId);
    await store.abandon(left.key, left.uploadId);
    assert.deepEqual(asked(s3.seen), Array(2).fill('DELETE /pictures/p/a?uploadId=left'));
  });
});
