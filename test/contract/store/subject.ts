// What the store contract is run against, and how it looks at a store.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import pMap from 'p-map';
import type { Entry } from '../../../lib/compare/entry.ts';
import { EVERYTHING, type Range } from '../../../lib/compare/range.ts';
import { createMemoryBudget } from '../../../lib/stores/memory-budget.ts';
import {
  type ListingPage,
  type OpenPicture,
  type ReadRefusal,
  type Store,
  type WriteGuard,
  type WriteResult,
  wasOpened,
} from '../../../lib/stores/store.ts';

/** A store with nothing in it, and a second way to its content. */
export interface StoreUnderTest {
  readonly store: Store;
  put(key: string, content: string | Buffer): Promise<void>;
  /** undefined: nothing is there. */
  peek(key: string): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

export interface Subject {
  readonly name: string;
  /** The suite closes what it opened. */
  open(): Promise<StoreUnderTest>;
  /** Odd keys it cannot hold, and the reason it must give for each. */
  readonly refused: Readonly<Record<string, string>>;
  /** What a write keeps beside bytes and time. */
  readonly keeps: 'everything' | 'nothing';
}

export const NO_TAGS = { tags: false };
export const CREATE: WriteGuard = { kind: 'create' };
export const memory = createMemoryBudget(64 << 20);

/** A store that holds these files, written by other means than its own. */
export const filled = async ({ open }: Subject, files: Readonly<Record<string, string>>): Promise<StoreUnderTest> => {
  const one = await open();
  await pMap(Object.entries(files), ([key, content]) => one.put(key, content), { concurrency: 16 });
  return one;
};

export const isPicture = (entry: Entry): boolean => entry.directory !== true;

export const pagesOf = async (store: Store, range: Range = EVERYTHING): Promise<ListingPage[]> => {
  const pages: ListingPage[] = [];
  for await (const page of store.list(range)) pages.push(page);
  return pages;
};

export const keysOf = async (store: Store, range: Range = EVERYTHING): Promise<string[]> =>
  (await pagesOf(store, range)).flatMap(({ entries }) => entries.filter(isPicture).map(({ key }) => key));

/** The order S3 lists in, told by other code than lib/compare. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const md5 = (content: string): string => createHash('md5').update(content).digest('hex');

/** A marker is empty; everything else holds what tells it from all others. */
export const contentOf = (key: string): string => (key.endsWith('/') ? '' : md5(key));

export const said = (result: WriteResult): string =>
  result.outcome === 'failed' ? `failed(${result.reason})` : result.outcome;

export const read = (store: Store, key: string, size: number): Promise<OpenPicture | ReadRefusal> =>
  store.read(key, { size, listedAt: Date.now() + 3_600_000 }, NO_TAGS);

export const bodyOf = async (picture: OpenPicture | ReadRefusal): Promise<Buffer> => {
  assert.ok(wasOpened(picture), JSON.stringify(picture));
  return buffer(picture.body);
};
