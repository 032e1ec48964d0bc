// CopyObject: one request a picture, and every answer judged for what it says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CopyOutcome, CopyRouteOptions, CopyTask } from '../../../lib/stores/copy.ts';
import { openServerSideRoute } from '../../../lib/stores/s3/server-side-copy.ts';
import type { CreateOnly } from '../../../lib/stores/spec.ts';
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

const LISTED_AT = Date.parse('2024-07-01T12:00:00.700Z');
const COPIED: Reply = { body: `<?xml version="1.0"?>\n    <CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>` };
const ABSENT: Reply = { status: 404 };
const standing = (size: number, etag = 'old'): Reply => ({
  headers: { etag: `"${etag}"`, 'content-length': String(size), 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT' },
});
const TAKEN = errorReply(412, 'PreconditionFailed');

interface Case {
  readonly createOnly?: CreateOnly;
  readonly task?: Partial<CopyTask>;
  readonly options?: Partial<CopyRouteOptions>;
}

const copying = async (script: Script, of: Case = {}): Promise<{ outcome: CopyOutcome; seen: SeenRequest[] }> => {
  await using s3 = await scriptedS3(script);
  const settings = { maxAttempts: 3 };
  const source = await s3.store({ bucket: 'old' }, settings);
  const destination = await s3.store({ bucket: 'new', createOnly: of.createOnly ?? 'native' }, settings);
  const route = openServerSideRoute(source, destination, {
    sameService: true,
    tags: true,
    memory: PLENTY,
    ...of.options,
  });
  const outcome = await route.copy({ key: 'a', size: 10 }, { action: 'create', listedAt: LISTED_AT, ...of.task });
  return { outcome, seen: s3.seen };
};
const asked = (seen: readonly SeenRequest[]): string[] => seen.map(({ method, url }) => `${method} ${url}`);
const named = (outcome: CopyOutcome): string => (outcome.outcome === 'failed' ? outcome.reason : outcome.outcome);

describe('a copy within the service', () => {
  test('is one request, guarded on both sides', async () => {
    const { outcome, seen } = await copying(inTurn(COPIED));
    assert.deepEqual(outcome, { outcome: 'copied' });
    assert.deepEqual(asked(seen), ['PUT /new/a']);
    const { headers, body } = seen[0]!;
    assert.equal(headers['x-amz-copy-source'], 'old/a');
    assert.equal(headers['x-amz-copy-source-if-unmodified-since'], 'Mon, 01 Jul 2024 12:00:00 GMT');
    assert.equal(headers['x-amz-metadata-directive'], 'COPY');
    assert.equal(headers['if-none-match'], '*');
    assert.equal(headers['x-amz-tagging-directive'], undefined);
    assert.equal(headers['content-length'], '0');
    assert.equal(body.length, 0);
  });

  test('takes storage class and key, and leaves tags behind where asked to', async () => {
    const { seen } = await copying(inTurn(COPIED), {
      options: { tags: false, storageClass: 'GLACIER_IR', sseKmsKeyId: 'key-1' },
    });
    const { headers } = seen[0]!;
    assert.equal(headers['x-amz-tagging-directive'], 'REPLACE');
    assert.equal(headers['x-amz-tagging'], undefined);
    assert.equal(headers['x-amz-storage-class'], 'GLACIER_IR');
    assert.equal(headers['x-amz-server-side-encryption'], 'aws:kms');
    assert.equal(headers['x-amz-server-side-encryption-aws-kms-key-id'], 'key-1');
  });

  test('is retried on a 200 with an error inside, until it is a success document', async () => {
    const replies = [{ body: errorXml('SlowDown') }, { body: '' }, COPIED];
    const { outcome, seen } = await copying(inTurn(...replies));
    assert.deepEqual([outcome.outcome, seen.length], ['copied', 3]);
  });
});

describe('an answer that is no copy', () => {
  const table: readonly (readonly [string, readonly Reply[], string])[] = [
    ['412, nothing stands there: the source changed', [TAKEN, ABSENT], 'changedOnSource'],
    ['412, the same size stands there', [TAKEN, standing(10)], 'alreadyThere'],
    ['412, another size stands there', [TAKEN, standing(9)], 'differentOnDestination'],
    ['412 inside a 200', [{ body: errorXml('PreconditionFailed') }, standing(10)], 'alreadyThere'],
    ['412, and what stands there may not be looked at', [TAKEN, { status: 403 }], 'accessDenied'],
    ['no such key', [errorReply(404, 'NoSuchKey')], 'goneFromSource'],
    ['no such key inside a 200', [{ body: errorXml('NoSuchKey') }], 'goneFromSource'],
    ['archived', [errorReply(403, 'InvalidObjectState')], 'archivedMeanwhile'],
    ['denied', [errorReply(403, 'AccessDenied')], 'accessDenied'],
    ['501: the policy refuses copies', [errorReply(501, 'NotImplemented')], 'conditionRefused'],
    ['409 for good', [errorReply(409, 'ConditionalRequestConflict')], 'destinationUnavailable'],
    ['503 for good', [errorReply(503, 'SlowDown')], 'destinationUnavailable'],
    ['an error in a 200 for good', [{ body: errorXml('InternalError') }], 'destinationUnavailable'],
    ['a 200 without an ETag', [{ body: '<CopyObjectResult></CopyObjectResult>' }], 'destinationUnavailable'],
    ['a 200 with another document', [{ body: '<Other><ETag>"e"</ETag></Other>' }], 'destinationUnavailable'],
    ['a 200 that is cut short', [{ ...COPIED, cutAfter: 40 }], 'destinationUnavailable'],
    ['a key the service will not have', [errorReply(400, 'KeyTooLongError')], 'nameTooLong'],
  ];
  for (const [title, replies, expected] of table) {
    test(`${title}: ${expected}`, async () =>
      assert.equal(named((await copying(inTurn(...replies))).outcome), expected));
  }

  test('says which bucket, which operation, what S3 said and what to do', async () => {
    const { outcome } = await copying(inTurn(errorReply(403, 'AccessDenied')));
    assert.ok(outcome.outcome === 'failed');
    assert.match(
      outcome.detail ?? '',
      /CopyObject in bucket "new" failed: 403 AccessDenied .*s3:ListBucket.*--no-tags/,
    );
    const refused = (await copying(inTurn(errorReply(501, 'NotImplemented')))).outcome;
    assert.ok(refused.outcome === 'failed');
    assert.match(refused.detail ?? '', /s3:if-none-match.*"createOnly": "headFirst"/);
  });

  test('that concerns the whole store is an error, not an outcome', async () => {
    await assert.rejects(copying(inTurn(errorReply(404, 'NoSuchBucket'))), { name: 'StoreRefused' });
    await assert.rejects(copying(inTurn(errorReply(403, 'InvalidAccessKeyId'))), { name: 'StoreRefused' });
  });

  test('a key that is no UTF-8 is not asked for', async () => {
    await using s3 = await scriptedS3(inTurn(COPIED));
    const store = await s3.store();
    const route = openServerSideRoute(store, store, { sameService: true, tags: true, memory: PLENTY });
    assert.equal(named(await route.copy({ key: '\udc80', size: 1 }, { action: 'create', listedAt: 0 })), 'notUtf8');
    assert.deepEqual(s3.seen, []);
  });
});

describe('headFirst', () => {
  const table: readonly (readonly [string, readonly Reply[], string, number])[] = [
    ['looks, then copies without a condition', [ABSENT, COPIED], 'copied', 2],
    ['leaves the same size alone', [standing(10)], 'alreadyThere', 2],
    ['leaves another size alone', [standing(9)], 'differentOnDestination', 2],
    ['still asks that the source is as it was', [ABSENT, TAKEN, ABSENT], 'changedOnSource', 3],
  ];
  for (const [title, replies, expected, requests] of table) {
    test(title, async () => {
      const { outcome, seen } = await copying(inTurn(...replies), { createOnly: 'headFirst' });
      assert.deepEqual([named(outcome), seen.length], [expected, requests]);
      const copy = seen.find(({ method }) => method === 'PUT');
      assert.equal(copy?.headers['if-none-match'], undefined);
    });
  }
});

describe('replacing', () => {
  const there = standing(4);
  const table: readonly (readonly [string, CreateOnly, readonly Reply[], string])[] = [
    ['what was just looked at', 'native', [there, COPIED], 'replaced'],
    ['what is gone creates it', 'native', [ABSENT, COPIED], 'copied'],
    ['what somebody else changed meanwhile', 'native', [there, TAKEN, standing(5, 'new')], 'changedOnDestination'],
    ['what somebody else replaced by the same size', 'native', [there, TAKEN, standing(10, 'new')], 'alreadyThere'],
    ['by a source that changed', 'native', [there, TAKEN, there], 'changedOnSource'],
    ['what was deleted meanwhile', 'native', [there, errorReply(404, 'NoSuchKey'), standing(10)], 'changedOnSource'],
    ['by a source that is gone', 'native', [there, errorReply(404, 'NoSuchKey'), ABSENT], 'goneFromSource'],
    ['looks twice on headFirst', 'headFirst', [there, there, COPIED], 'replaced'],
    ['sees a change on headFirst', 'headFirst', [there, standing(5, 'new')], 'changedOnDestination'],
  ];
  for (const [title, createOnly, replies, expected] of table) {
    test(`${title}: ${expected}`, async () => {
      const { outcome, seen } = await copying(inTurn(...replies), { task: { action: 'replace' }, createOnly });
      assert.equal(named(outcome), expected);
      const copy = seen.find(({ method }) => method === 'PUT');
      if (copy && replies[0] === there) assert.equal(copy.headers['if-match'], '"old"');
      if (copy && replies[0] === ABSENT) assert.equal(copy.headers['if-none-match'], '*');
    });
  }
});

describe('replacing only what is older when it is copied', () => {
  const at = (hour: number, mtime?: number): Reply => ({
    headers: {
      ...standing(10).headers,
      'last-modified': `Mon, 01 Jul 2024 ${hour}:00:00 GMT`,
      ...(mtime === undefined ? {} : { 'x-amz-meta-mtime': String(mtime) }),
    },
  });
  const table: readonly (readonly [string, Reply, Reply, string])[] = [
    ['older there', at(11), at(10), 'replaced'],
    ['newer there', at(10), at(11), 'newerOnDestination'],
    ['stored later there, of an older picture', at(10, 2_000), at(11, 1_000), 'replaced'],
    ['stored earlier there, of a newer picture', at(11, 1_000), at(10, 2_000), 'newerOnDestination'],
    ['gone there', at(10), ABSENT, 'copied'],
    ['a source that does not answer', { status: 503 }, at(10), 'sourceUnavailable'],
  ];
  for (const [title, ours, theirs, expected] of table) {
    test(`${title}: ${expected}`, async () => {
      const script: Script = ({ method, path }) =>
        method === 'HEAD' ? (path.startsWith('/old/') ? ours : theirs) : COPIED;
      const { outcome, seen } = await copying(script, { task: { action: 'replace', onlyIfNewer: true } });
      assert.equal(named(outcome), expected);
      const isWritten = expected === 'replaced' || expected === 'copied';
      assert.equal(seen.filter(({ method }) => method === 'PUT').length, isWritten ? 1 : 0);
    });
  }
});
