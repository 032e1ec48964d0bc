// Writing in parts: one size, little memory, and no upload left behind.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { createMemoryBudget } from '../../../lib/stores/memory-budget.ts';
import type { MemoryBudget } from '../../../lib/stores/store.ts';
import { errorReply, errorXml, type Reply, type Script } from '../../support/scripted-s3.ts';
import { asked, CONTENT, HEAD, md5, parts, writing } from './writing.ts';

describe('a picture of several parts', () => {
  const store = { partSizeBytes: 4 };

  test('is sent in parts of one size, each with its MD5, facts on creation, guard on completion', async () => {
    const of = { store, facts: { md5: md5(CONTENT), contentType: 'image/jpeg', tags: { a: 'b' } } };
    const { result, seen } = await writing(parts(), of);
    assert.deepEqual(result, { outcome: 'written' });
    assert.deepEqual(asked(seen)[0], 'POST ?uploads');
    assert.equal(seen[0]?.headers['content-type'], 'image/jpeg');
    assert.equal(seen[0]?.headers['x-amz-tagging'], 'a=b');
    assert.equal(seen[0]?.headers['x-amz-meta-mtime'], '1719835200');
    const sent = seen.filter(({ query }) => query.has('partNumber'));
    sent.sort((a, b) => Number(a.query.get('partNumber')) - Number(b.query.get('partNumber')));
    assert.deepEqual(
      sent.map(({ body }) => body.toString()),
      ['ten ', 'byte', 's!'],
    );
    for (const { headers, body } of sent) assert.equal(headers['content-md5'], md5(body, 'base64'));
    const completion = seen.at(-1)!;
    assert.equal(completion.headers['if-none-match'], '*');
    assert.deepEqual(
      [...completion.body.toString().matchAll(/<PartNumber>(\d)<\/PartNumber><ETag>&#34;(\w+)&#34;/g)].map(
        ([, n, etag]) => [n, etag],
      ),
      sent.map(({ body }, i) => [String(i + 1), md5(body)]),
    );
  });

  test('never holds more memory than the budget, however small', async () => {
    let held = 0;
    let most = 0;
    const budget = createMemoryBudget(4);
    const memory: MemoryBudget = {
      take: async (bytes) => {
        const release = await budget.take(bytes);
        held += bytes;
        most = Math.max(most, held);
        return () => {
          held -= bytes;
          release();
        };
      },
    };
    const content = Buffer.alloc(40, 'x');
    const { result } = await writing(parts(), { store, memory, content, facts: { size: 40 } });
    assert.deepEqual([result.outcome, held, most], ['written', 0, 4]);
    await writing(parts({ 'PUT ?partNumber=3&uploadId=up': errorReply(403, 'AccessDenied') }), {
      store,
      memory,
      content,
      facts: { size: 40 },
    });
    assert.equal(held, 0);
  });

  test('headFirst: looked at again before it is completed', async () => {
    let looks = 0;
    const script: Script = (request, number) =>
      request.method === 'HEAD' && ++looks === 2 ? HEAD : parts()(request, number);
    const { result, seen } = await writing(script, { store, spec: { createOnly: 'headFirst' } });
    assert.deepEqual(result, { outcome: 'occupied' });
    assert.ok(!asked(seen).includes('POST ?uploadId=up'));
    assert.equal(asked(seen).at(-1), 'DELETE ?uploadId=up');
  });

  const failures: readonly (readonly [string, Record<string, Reply>, string])[] = [
    ['a part that is refused', { 'PUT ?partNumber=2&uploadId=up': errorReply(403, 'AccessDenied') }, 'accessDenied'],
    [
      'a completion that fails inside a 200',
      { 'POST ?uploadId=up': { body: errorXml('InternalError') } },
      'destinationUnavailable',
    ],
    [
      'a completion without an ETag',
      { 'POST ?uploadId=up': { body: '<CompleteMultipartUploadResult/>' } },
      'destinationUnavailable',
    ],
    ['a completion with an empty body', { 'POST ?uploadId=up': { body: '' } }, 'destinationUnavailable'],
    ['somebody else’s picture', { 'POST ?uploadId=up': errorReply(412, 'PreconditionFailed') }, 'occupied'],
    [
      'somebody else’s picture, inside a 200',
      { 'POST ?uploadId=up': { body: errorXml('PreconditionFailed') } },
      'occupied',
    ],
    ['a part without an ETag', { 'PUT ?partNumber=1&uploadId=up': {} }, 'destinationUnavailable'],
  ];
  for (const [title, special, expected] of failures) {
    test(`${title}: ${expected}, and the upload is given up`, async () => {
      const { result, seen } = await writing(parts(special), { store });
      assert.equal(result.outcome === 'failed' ? result.reason : result.outcome, expected);
      assert.equal(asked(seen).at(-1), 'DELETE ?uploadId=up');
    });
  }

  test('is written even where the answer to its completion got lost', async () => {
    const etag = createHash('md5');
    for (const part of ['ten ', 'byte', 's!']) etag.update(createHash('md5').update(part).digest());
    const own = `"${etag.digest('hex')}-3"`;
    for (const [standing, expected] of [
      [own, 'written'],
      ['"foreign-3"', 'occupied'],
    ] as const) {
      let completions = 0;
      const script: Script = (request, number) => {
        if (request.method === 'HEAD') return { headers: { ...HEAD.headers, etag: standing } };
        const completes = request.method === 'POST' && request.query.has('uploadId');
        if (!completes) return parts()(request, number);
        completions += 1;
        return completions === 1 ? { reset: true } : errorReply(404, 'NoSuchUpload');
      };
      assert.equal((await writing(script, { store })).result.outcome, expected);
    }
  });
});
