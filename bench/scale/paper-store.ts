// A store that only Plan asks: which prefixes there are. Each answer of 1,000 takes a page's time.
import type { Store } from '../../lib/stores/store.ts';
import { LIST_PAGE_MS } from './assumptions.ts';
import type { Layout } from './layouts.ts';
import type { PaperClock } from './paper-clock.ts';

const PAGE = 1_000;

const refuse = () => {
  throw new Error('There is nothing but prefixes on paper.');
};

export const paperStore = (
  layout: Layout,
  bucket: string,
  clock: () => PaperClock,
  asked: { lists: number },
): Store => ({
  spec: { type: 's3', bucket, prefix: '', region: 'eu-central-1', createOnly: 'native' },
  address: `s3://${bucket}/`,
  // Plan looks for some key to probe with; on paper it finds none.
  async *list() {
    yield { entries: [], at: 0, isLast: true };
  },
  prefixesBelow: async (prefix, maxRequests) => {
    const all = layout.prefixesBelow(prefix);
    const requests = Math.min(maxRequests, Math.max(1, Math.ceil(all.length / PAGE)));
    asked.lists += requests;
    await clock().sleep(LIST_PAGE_MS * requests);
    return { prefixes: all.slice(0, requests * PAGE), requests };
  },
  facts: refuse,
  read: refuse,
  write: refuse,
  abandon: async () => {},
  md5: refuse,
  close: async () => {},
});
