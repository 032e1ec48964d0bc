// In which order shards are copied, and how many of them one child is given.
import { type Amount, NOTHING, plus } from '../compare/entry.ts';
import { taskIn } from './paths.ts';
import type { CopyItem, ShardRef } from './payloads.ts';

/** Newest first, so that a backlog never delays fresh pictures; no order across children is promised. */
export const planCopying = (
  shards: readonly ShardRef[],
  order: 'newest' | 'oldest',
  maxItems: number,
  atOnce = Number.POSITIVE_INFINITY,
): CopyItem[] => {
  const sorted = [...shards].sort((a, b) => (order === 'newest' ? b.newest - a.newest : a.oldest - b.oldest));
  // A Map run takes 40,000 children: where there are more shards, a child is given several.
  const perItem = Math.max(1, Math.ceil(sorted.length / maxItems));
  const items: { index: number; shards: ShardRef[]; amount: Amount }[] = [];
  for (let from = 0; from < sorted.length; from += perItem) {
    const its = sorted.slice(from, from + perItem);
    items.push({ index: items.length, shards: its, amount: amountOf(its) });
  }
  const sharing = sharingOf(items, atOnce);
  return items.map((item, index) => ({ ...item, items: items.length, sharing: sharing[index]! }));
};

/**
 * For each item, how many of those that may be under way beside it copy into a range that it copies into, too: at its busiest one. They are
 * begun in this order, so many at once: it meets those just before and just behind it. Where a long one meets more, S3's own 503s tell.
 */
const sharingOf = (items: readonly Pick<CopyItem, 'shards'>[], atOnce: number): number[] => {
  // Pieces of a range that was cut lie under the same prefix.
  const ranges = items.map(
    ({ shards }) => new Set(shards.map(({ path, range }) => `${taskIn(path)} ${Math.floor(range)}`)),
  );
  const users = new Map<string, number>();
  const count = (item: number, more: 1 | -1): void => {
    for (const range of ranges[item]!) users.set(range, (users.get(range) ?? 0) + more);
  };
  let [left, met] = [0, 0];
  return ranges.map((its, item) => {
    while (met < Math.min(items.length, item + atOnce)) count(met++, 1);
    while (left <= item - atOnce) count(left++, -1);
    return Math.min(atOnce, Math.max(1, ...[...its].map((range) => users.get(range) ?? 1)));
  });
};

export const amountOf = (shards: readonly ShardRef[]): Amount =>
  shards.reduce((sum: Amount, { count, bytes }) => plus(sum, { count, bytes }), NOTHING);

export const amountOfItems = (items: readonly CopyItem[]): Amount =>
  items.reduce((sum: Amount, { amount }) => plus(sum, amount), NOTHING);
