// Writing what streams in: the guards, the hashes, and that a mismatch keeps nothing.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { createMemoryBudget } from '../../../lib/stores/memory-budget.ts';
import type { S3StoreOptions } from '../../../lib/stores/s3/store.ts';
import type { S3Spec } from '../../../lib/stores/spec.ts';
import type {
  MemoryBudget,
  OpenPicture,
  PictureFacts,
  WriteGuard,
  WriteOptions,
  WriteResult,
} from '../../../lib/stores/store.ts';
import {
  errorReply,
  errorXml,
  inTurn,
  PLENTY,
  type Reply,
  type Script,
  type SeenRequest,
  scriptedS3,
} from '../../support/scripted-s3.ts';

const CONTENT = Buffer.from('ten bytes!');
const md5 = (bytes: Buffer, encoding: 'hex' | 'base64' = 'hex') => createHash('md5').update(bytes).digest(encoding);
const FACTS: PictureFacts = { size: 10, modifiedAt: 1_719_835_200_000, metadata: {} };
const OK: Reply = { headers: { etag: '"new"' } };
const HEAD: Reply = {
  headers: { etag: '"old"', 'content-length': '4', 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT' },
};
const ABSENT: Reply = { status: 404 };
const WAS: PictureFacts = { size: 4, modifiedAt: Date.parse('2024-07-01T11:00:00Z'), etag: 'old', metadata: {} };

interface Case {
  readonly facts?: Partial<PictureFacts>;
  readonly content?: Buffer | Readable;
  readonly unchanged?: boolean;
  readonly guard?: WriteGuard;
  readonly options?: Partial<WriteOptions>;
  readonly spec?: Partial<S3Spec>;
  readonly store?: S3StoreOptions;
  readonly memory?: MemoryBudget;
}

const writing = async (script: Script, of: Case = {}): Promise<{ result: WriteResult; seen: SeenRequest[] }> => {
  await using s3 = await scriptedS3(script);
  const store = await s3.store(of.spec, { maxAttempts: 3, ...of.store });
  const { content = CONTENT } = of;
  const picture: OpenPicture = {
    facts: { ...FACTS, ...of.facts },
    body: content instanceof Readable ? content : Readable.from([content.subarray(0, 3), content.subarray(3)]),
    unchanged: async () => of.unchanged ?? true,
  };
  const guard = of.guard ?? { kind: 'create' };
  const result = await store.write('a', picture, guard, { tags: true, ...of.options }, of.memory ?? PLENTY);
  return { result, seen: s3.seen };
};
const asked = (seen: readonly SeenRequest[]): string[] =>
  seen.map(({ method, url }) => `${method} ${url.replace('/pictures/a', '')}`.trim());

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
  const table: readonly (readonly [string, Case, string])[] = [
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

describe('the guard', () => {
  test('native: the service decides at the moment of writing', async () => {
    const { result, seen } = await writing(inTurn(errorReply(412, 'PreconditionFailed')));
    assert.deepEqual(result, { outcome: 'occupied' });
    assert.deepEqual(asked(seen), ['PUT']);
  });

  test('headFirst: looked at before the body is read, no condition sent', async () => {
    const spec = { createOnly: 'headFirst' } as const;
    const occupied = await writing(inTurn(HEAD), { spec });
    assert.deepEqual(occupied.result, { outcome: 'occupied' });
    assert.deepEqual(asked(occupied.seen), ['HEAD']);
    const free = await writing(inTurn(ABSENT, OK), { spec });
    assert.deepEqual(free.result, { outcome: 'written' });
    assert.deepEqual(asked(free.seen), ['HEAD', 'PUT']);
    assert.equal(free.seen[1]?.headers['if-none-match'], undefined);
  });

  test('replace: only the very version that was read', async () => {
    const guard = { kind: 'replace', was: WAS } as const;
    const native = await writing(inTurn(OK), { guard });
    assert.deepEqual(native.result, { outcome: 'written' });
    assert.equal(native.seen[0]?.headers['if-match'], '"old"');
    for (const reply of [errorReply(412, 'PreconditionFailed'), errorReply(404, 'NoSuchKey')]) {
      assert.deepEqual((await writing(inTurn(reply), { guard })).result, { outcome: 'occupied' });
    }
  });

  test('replace on headFirst: looked at right before, and the condition sent too', async () => {
    const of = { guard: { kind: 'replace', was: WAS }, spec: { createOnly: 'headFirst' } } as const;
    const same = await writing(inTurn(HEAD, OK), of);
    assert.deepEqual(asked(same.seen), ['HEAD', 'PUT']);
    assert.equal(same.seen[1]?.headers['if-match'], '"old"');
    const other = { headers: { ...HEAD.headers, etag: '"other"' } };
    for (const reply of [other, ABSENT]) {
      const { result, seen } = await writing(inTurn(reply, OK), of);
      assert.deepEqual(result, { outcome: 'occupied' });
      assert.deepEqual(asked(seen), ['HEAD']);
    }
  });

  test('a service that refuses conditions fails the picture, with the way out', async () => {
    const { result } = await writing(inTurn(errorReply(501, 'NotImplemented')));
    assert.ok(result.outcome === 'failed');
    assert.equal(result.reason, 'conditionRefused');
    assert.match(result.detail ?? '', /"createOnly": "headFirst"/);
  });

  test('a service that is in conflict for good leaves the picture failed', async () => {
    const { result, seen } = await writing(inTurn(errorReply(409, 'ConditionalRequestConflict')));
    assert.equal(result.outcome === 'failed' && result.reason, 'destinationUnavailable');
    assert.equal(seen.length, 3);
  });

  const reasons: readonly (readonly [Reply, string])[] = [
    [errorReply(403, 'AccessDenied'), 'accessDenied'],
    [errorReply(400, 'KeyTooLongError'), 'nameTooLong'],
    [errorReply(400, 'XMinioInvalidObjectName'), 'keyNotAllowed'],
    [errorReply(400, 'MetadataTooLarge'), 'metadataNotAllowed'],
    [errorReply(400, 'BadDigest'), 'corrupted'],
    [errorReply(500, 'InternalError'), 'destinationUnavailable'],
    [errorReply(400, 'SomethingNew'), 'refused'],
  ];
  for (const [reply, reason] of reasons) {
    test(`${reply.status} ${/<Code>(\w+)/.exec(String(reply.body))?.[1]}: failed(${reason})`, async () => {
      const { result } = await writing(inTurn(reply));
      assert.equal(result.outcome === 'failed' && result.reason, reason);
    });
  }

  test('what concerns the whole store is no picture’s failure', async () => {
    await assert.rejects(writing(inTurn(errorReply(404, 'NoSuchBucket'))), { name: 'StoreRefused' });
    await assert.rejects(writing(inTurn(errorReply(403, 'InvalidAccessKeyId'))), { name: 'StoreRefused' });
  });
});

/** Answers a multipart upload; what is given for a request answers it instead. */
const parts =
  (special: Readonly<Record<string, Reply>> = {}): Script =>
  ({ method, url, query, body }) => {
    const found = special[`${method} ${url.replace('/pictures/a', '')}`];
    if (found) return found;
    if (query.has('uploads'))
      return { body: '<InitiateMultipartUploadResult><UploadId>up</UploadId></InitiateMultipartUploadResult>' };
    if (query.has('partNumber')) return { headers: { etag: `"${md5(body)}"` } };
    if (method === 'POST')
      return { body: '<CompleteMultipartUploadResult><ETag>"x-3"</ETag></CompleteMultipartUploadResult>' };
    return { status: method === 'HEAD' ? 404 : 204 };
  };

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
      ['"foreign-3"', 'failed'],
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
