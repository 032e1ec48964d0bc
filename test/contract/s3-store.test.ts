// The S3 store keeps what every store promises, over HTTP against the emulator.
import { after, before } from 'node:test';
import { openS3Store } from '../../lib/stores/s3/store.ts';
import { type Buckets, bucketsOf, CREDENTIALS } from '../support/buckets.ts';
import { type Emulator, startEmulator } from '../support/emulator.ts';
import { type Subject, storeContract } from './store.contract.ts';

let emulator: Emulator;
let buckets: Buckets;
before(async () => {
  emulator = await startEmulator();
  buckets = bucketsOf(emulator.endpointUrl);
});
after(async () => {
  buckets.close();
  await emulator.stop();
});

const subject = (name: string, prefix: string, more: { readonly partSizeBytes?: number }): Subject => ({
  name,
  keeps: 'everything',
  refused: {},
  open: async () => {
    const { endpointUrl } = emulator;
    const bucket = await buckets.create();
    const spec = {
      type: 's3',
      bucket: bucket.name,
      prefix,
      endpointUrl,
      region: 'us-east-1',
      createOnly: 'headFirst',
    } as const;
    const store = await openS3Store(spec, { credentials: CREDENTIALS, ...more });
    return {
      store,
      put: (key, content) => bucket.put(prefix + key, content),
      peek: (key) => bucket.peek(prefix + key),
      close: () => store.close(),
    };
  },
});

storeContract(subject('S3', '', {}));
storeContract(subject('S3 below a prefix, in small parts', 'old server+/', { partSizeBytes: 100_000 }));
