// What breaks a store breaks the run or the picture, by name: never "0 missing", never a quiet success.
import assert from 'node:assert/strict';
import { createReadStream, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { createGunzip } from 'node:zlib';
import { givenFolders, givenPictures, pictures } from '../support/embedded-migration.ts';
import { outcomeCounts, picferry, resultIn } from '../support/picferry.ts';
import { type Reply, type Script, type SeenRequest, scriptedS3 } from '../support/scripted-s3.ts';

const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };

const page = (keys: readonly string[], next?: string): Reply => ({
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>pictures</Name><IsTruncated>${next !== undefined}</IsTruncated>${
    next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`
  }${keys
    .map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><ETag>"0"</ETag><Size>3</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    )
    .join('')}</ListBucketResult>`,
});

const s3Error = (status: number, code: string): Reply => ({
  status,
  body: `<Error><Code>${code}</Code><Message>${code} it is</Message></Error>`,
});

const isListing = ({ method, query }: SeenRequest): boolean => method === 'GET' && query.get('list-type') === '2';

describe('picferry check', () => {
  test('of a listing that is cut in the middle fails, says so, and calls nothing missing', async (t) => {
    const folders = await givenFolders(t);
    const cut: Script = (request) => {
      if (!isListing(request)) return s3Error(404, 'NoSuchKey');
      if (!request.query.has('continuation-token')) return page(['a.jpg', 'b.jpg'], 'more');
      return { ...page(['c.jpg']), cutAfter: 200 };
    };
    await using server = await scriptedS3(cut);
    const { source: destination, stateDir } = folders;
    const ran = await picferry(
      [
        'check',
        's3://pictures',
        destination,
        '--source-endpoint-url',
        server.endpointUrl,
        '--state-dir',
        stateDir,
        '--json',
      ],
      { env },
    );
    const result = resultIn(ran);
    assert.equal(ran.code, 3, ran.stderr);
    assert.equal(result.status, 'failed');
    assert.match(result.cause ?? '', /IncompleteListing|StoreUnavailable/);
    assert.match(result.message ?? '', /pictures/);
    assert.equal(result.findings.missingOnDestination?.source.count, null);
    assert.equal(result.remaining.count, null);
  });

  test('of a bucket that may not be listed fails with the bucket and the way out', async (t) => {
    const folders = await givenFolders(t);
    await using server = await scriptedS3(() => s3Error(403, 'AccessDenied'));
    const ran = await picferry(
      [
        'check',
        's3://pictures',
        folders.source,
        '--source-endpoint-url',
        server.endpointUrl,
        '--state-dir',
        folders.stateDir,
      ],
      { env },
    );
    assert.equal(ran.code, 3);
    assert.match(ran.stdout + ran.stderr, /pictures/);
    assert.match(ran.stdout + ran.stderr, /s3:ListBucket/);
    assert.doesNotMatch(ran.stdout, /nothing (is )?missing|0 missing/i);
  });
});

describe('picferry sync to a server that refuses writes', () => {
  const refusing =
    (refused: (key: string) => boolean, reply: Reply): Script =>
    (request) => {
      if (isListing(request)) return page([]);
      if (request.method === 'PUT' && refused(decodeURIComponent(request.path))) return reply;
      if (request.method === 'PUT') return { headers: { etag: '"0"' } };
      return { status: 404 };
    };
  const to = (endpointUrl: string, source: string, stateDir: string) =>
    [
      'sync',
      source,
      's3://pictures',
      '--destination-endpoint-url',
      endpointUrl,
      '--state-dir',
      stateDir,
      '--json',
    ] as const;

  test('makes every outcome failed, with the reason, and exits 1', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(3));
    await using server = await scriptedS3(refusing(() => true, s3Error(403, 'AccessDenied')));
    const ran = await picferry(to(server.endpointUrl, folders.source, folders.stateDir), { env });
    assert.equal(ran.code, 1, ran.stderr);
    const result = resultIn(ran);
    assert.deepEqual(outcomeCounts(result), { failed: 3 });
    assert.equal(result.remaining.count, 3);
    const { reasons } = JSON.parse(await readFile(result.report, 'utf8')) as { reasons: Record<string, number> };
    assert.deepEqual(reasons, { accessDenied: 3 });
  });

  test('names each key that it refuses', async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, { 'fine.jpg': 'abc', 'refused 1.jpg': 'abc', 'refused 2.jpg': 'abc' });
    await using server = await scriptedS3(
      refusing((key) => key.includes('refused'), s3Error(400, 'XMinioInvalidObjectName')),
    );
    const ran = await picferry(to(server.endpointUrl, folders.source, folders.stateDir), { env });
    assert.equal(ran.code, 1, ran.stderr);
    const result = resultIn(ran);
    const lists = globSync(join(dirname(result.report), 'round-*/failed/*.jsonl.gz'));
    const named = await Promise.all(lists.map((list) => text(createReadStream(list).pipe(createGunzip()))));
    assert.match(named.join(''), /refused 1\.jpg/);
    assert.match(named.join(''), /refused 2\.jpg/);
    assert.match(named.join(''), /XMinioInvalidObjectName/);
    const shown = await picferry(['report', result.id, '--state-dir', folders.stateDir]);
    assert.match(shown.stdout, /refused 1\.jpg/);
  });
});
