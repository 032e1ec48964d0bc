// What every store promises: run against each of them (folder-store.test.ts, s3-store.test.ts).
import { after } from 'node:test';
import { listingContract } from './store/listing.ts';
import { oddKeysContract } from './store/odd-keys.ts';
import { readingContract } from './store/reading.ts';
import type { StoreUnderTest, Subject } from './store/subject.ts';
import { writingContract } from './store/writing.ts';

export type { StoreUnderTest, Subject } from './store/subject.ts';

export const storeContract = (subject: Subject): void => {
  const opened: StoreUnderTest[] = [];
  after(() => Promise.all(opened.map((one) => one.close())));
  const open = async (): Promise<StoreUnderTest> => {
    const one = await subject.open();
    opened.push(one);
    return one;
  };
  for (const contract of [listingContract, oddKeysContract, readingContract, writingContract])
    contract({ ...subject, open });
};
