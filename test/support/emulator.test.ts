// The emulator harness itself: it starts, keeps what it is given apart, and leaves nothing behind.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { startEmulator } from './emulator.ts';

describe('the emulator', async () => {
  const emulator = await startEmulator();
  after(() => emulator.stop());
  const s3 = new S3Client({
    endpoint: emulator.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  });

  test('listens on this machine only and speaks S3', async () => {
    assert.match(emulator.endpointUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
    await s3.send(new CreateBucketCommand({ Bucket: 'pictures' }));
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    assert.deepEqual(
      Buckets?.map((bucket) => bucket.Name),
      ['pictures'],
    );
  });

  test('takes its port and its files with it when stopped', async () => {
    const folder = emulator.env.AWS_CONFIG_FILE?.replace(/\/[^/]*$/, '') ?? '';
    assert.equal(existsSync(folder), true);
    await emulator.stop();
    await assert.rejects(fetch(emulator.endpointUrl));
    assert.equal(existsSync(folder), false);
  });
});
