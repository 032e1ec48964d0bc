// The S3 in memory that fault tests run against is an S3: the store contract holds over it, as over the emulator.
import { after, before } from 'node:test';
import { type MemoryS3, memoryS3 } from '../support/memory-s3/memory-s3.ts';
import { type Subject, storeContract } from './store.contract.ts';

const services: MemoryS3[] = [];
let native: MemoryS3;
let careless: MemoryS3;
before(async () => {
  native = await memoryS3({ pageSize: 7 });
  careless = await memoryS3({ ignoresWriteConditions: true });
  services.push(native, careless);
});
after(() => Promise.all(services.map((one) => one[Symbol.asyncDispose]())));

let made = 0;
const subject = (name: string, service: () => MemoryS3, createOnly: 'native' | 'headFirst'): Subject => ({
  name,
  keeps: 'everything',
  refused: {},
  open: async () => {
    const bucket = service().bucket(`pictures-${++made}`);
    const store = await service().store(
      { bucket: bucket.name, prefix: 'old server+/', createOnly },
      { partSizeBytes: 100_000 },
    );
    return {
      store,
      put: async (key, content) => void bucket.put(`old server+/${key}`, content),
      peek: async (key) => bucket.objects.get(`old server+/${key}`)?.body,
      // The service closes the stores it handed out.
      close: async () => {},
    };
  },
});

storeContract(subject('S3 in memory', () => native, 'native'));
storeContract(subject('S3 in memory that ignores conditions', () => careless, 'headFirst'));
