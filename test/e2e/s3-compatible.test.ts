// picferry sync s3://a s3://b: 5,000 objects on an S3-compatible server, judged by an independent client.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { type Emulator, startEmulator } from '../support/emulator.ts';
import { outcomeCounts, picferry, resultIn } from '../support/picferry.ts';
import { scratchFolder } from '../support/scratch.ts';

const PICTURES = 4_940;
const ODD_KEYS: readonly string[] = [
  ...['a b.jpg', ' leading.jpg', 'trailing .jpg', 'plus+plus.jpg', 'question?x=1.jpg', 'hash#1.jpg', 'percent%.jpg'],
  ...[
    'percent%20.jpg',
    '%2e%2e/up.jpg',
    'amp&lt;.jpg',
    'less<greater>.jpg',
    'quote".jpg',
    "it's.jpg",
    'back\\slash.jpg',
  ],
  ...[
    'narrow\u202fspace.jpg',
    'caf\u00e9.jpg',
    'cafe\u0301.jpg',
    'double//slash.jpg',
    'folder-marker/',
    'new\nline.jpg',
  ],
  ...['tab\there.jpg', 'камера/снимок.jpg', 'emoji/\u{1f600}.jpg', 'emoji/\uff5e.jpg', 'semi;colon:comma,.jpg'],
  ...['star*[a]{b}|^`~.jpg', '=equals@at$dollar!.jpg', '(brackets).jpg', 'cam1-extra.jpg', 'cam10/1.jpg', '.hidden'],
  ...[
    '<img src=x onerror=alert(1)>.jpg',
    `long/${'k'.repeat(1_024 - 'long/'.length)}`,
    'trailing.dot.',
    'dots/.../x.jpg',
  ],
];

const bodyOf = (key: string): Buffer =>
  key.includes('empty') || key.endsWith('/')
    ? Buffer.alloc(0)
    : Buffer.from(`${createHash('sha256').update(key).digest('hex')} ${key}`);

const pictureKeys = (): string[] =>
  Array.from({ length: PICTURES }, (_, i) => {
    const at = new Date(Date.UTC(2026, 0, 1) + Math.floor(i / 2) * 60_000)
      .toISOString()
      .replace(/\D/g, '')
      .slice(0, 14);
    const day = at.slice(0, 8);
    const camera = `cam${1 + (Math.floor(i / 2) % 3)}`;
    return i % 2 === 0 ? `${camera}/pictures/${day}/${at}.jpg` : `${camera}/pictures/raw/${day}/${at}.dng`;
  });

describe('picferry sync s3://a s3://b on an S3-compatible server', () => {
  let emulator: Emulator;
  let client: S3Client;

  before(async () => {
    emulator = await startEmulator();
    client = new S3Client({
      endpoint: emulator.endpointUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
    });
  });
  after(async () => {
    client?.destroy();
    await emulator?.stop();
  });

  const put = (bucket: string, key: string, body: Buffer) =>
    client.send(
      new PutObjectCommand({
        ...{ Bucket: bucket, Key: key, Body: body, ContentType: 'image/jpeg', CacheControl: 'max-age=60' },
        Metadata: { camera: 'one', 'exposure-ms': '20' },
        ContentLength: body.length,
      }),
    );

  const contents = async (bucket: string): Promise<Map<string, { hash: string; modified: number; size: number }>> => {
    const keys: { key: string; modified: number }[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      for (const { Key, LastModified } of page.Contents ?? [])
        keys.push({ key: Key!, modified: LastModified!.getTime() });
    }
    const read = await pMap(
      keys,
      async ({ key, modified }) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const bytes = await Body!.transformToByteArray();
        return [key, { hash: createHash('sha256').update(bytes).digest('hex'), modified, size: bytes.length }] as const;
      },
      { concurrency: 32 },
    );
    return new Map(read);
  };

  test('every source key arrives identical, nothing that was there changes, and a second run copies nothing', async (t) => {
    await client.send(new CreateBucketCommand({ Bucket: 'old-pictures' }));
    await client.send(new CreateBucketCommand({ Bucket: 'new-pictures' }));
    const empty = Array.from({ length: 60 - ODD_KEYS.length }, (_, i) => `cam1/empty/${i}.jpg`);
    const source = [...pictureKeys(), ...ODD_KEYS, ...empty];
    assert.equal(source.length, 5_000);
    assert.ok(ODD_KEYS.length >= 25);
    await pMap(source, (key) => put('old-pictures', key, bodyOf(key)), { concurrency: 32 });
    const there = source.filter((_, i) => i % 10 === 0 && i < PICTURES);
    await pMap(there, (key) => put('new-pictures', key, bodyOf(key)), { concurrency: 32 });
    const otherSize = pictureKeys()[1]!;
    await put('new-pictures', otherSize, Buffer.from('of another size'));
    const onlyThere = ['only/there.jpg', 'cam1/pictures/20991231/20991231000000.jpg'];
    for (const key of onlyThere) await put('new-pictures', key, Buffer.from(`only there ${key}`));
    const before = await contents('new-pictures');
    assert.equal((await contents('old-pictures')).size, 5_000, 'the server holds every odd key');

    const stateDir = await scratchFolder(t);
    const sync = () =>
      picferry(['sync', 's3://old-pictures', 's3://new-pictures', '--json', '--state-dir', stateDir], {
        env: { ...emulator.env },
      });
    const ran = await sync();
    const result = resultIn(ran);
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(outcomeCounts(result), { copied: 5_000 - there.length - 1 });
    assert.equal(result.findings.shared?.source.count, there.length);
    assert.equal(result.findings.different?.source.count, 1);
    assert.equal(result.findings.missingOnSource?.destination.count, onlyThere.length);
    assert.deepEqual(result.remaining, { count: 0, bytes: 0 });
    assert.match(ran.stderr, /different/, 'what differs and was kept is a warning');

    const now = await contents('new-pictures');
    for (const [key, was] of before) assert.deepEqual(now.get(key), was, `changed: ${key}`);
    const sha256 = (key: string) => createHash('sha256').update(bodyOf(key)).digest('hex');
    const wrong = source.filter((key) => key !== otherSize && now.get(key)?.hash !== sha256(key));
    assert.deepEqual(wrong, []);
    assert.equal(now.size, 5_000 + onlyThere.length);
    for (const key of [...ODD_KEYS, source[2]!, source[3]!]) {
      const head = await client.send(new HeadObjectCommand({ Bucket: 'new-pictures', Key: key }));
      assert.deepEqual(head.Metadata, { camera: 'one', 'exposure-ms': '20' }, key);
      assert.equal(head.ContentType, 'image/jpeg');
      assert.equal(head.CacheControl, 'max-age=60');
    }

    const again = await sync();
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(outcomeCounts(resultIn(again)), {});
    assert.equal(resultIn(again).rounds, 1);
    assert.deepEqual(await contents('new-pictures'), now);
  });
});
