// The little S3 of the tests as a process of its own, for smoke runs.
import { memoryS3 } from '../../test/support/memory-s3/memory-s3.ts';
import { KEYS } from '../../test/support/scripted-s3.ts';

const service = await memoryS3();
process.on('message', (bucket) => {
  service.bucket(String(bucket));
  process.send?.({});
});
process.on('disconnect', () => process.exit(0));
process.send?.({
  url: service.endpointUrl,
  env: { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey, AWS_REGION: 'us-east-1' },
});
