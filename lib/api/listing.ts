// Pages of migrations, newest first: none is skipped or shown twice, not even where two began in the same millisecond.
import { addressOf } from '../stores/spec.ts';
import { type PairDocument, pairIndexOf } from '../workflow/pair-index.ts';
import type { Document, Records } from '../workflow/ports.ts';
import { type MigrationRecord, readMigration } from '../workflow/record.ts';
import { type SettleHost, settledIfPossible } from '../workflow/settle.ts';
import type { Pair } from './named-pair.ts';
import { isRefusal, type Refusal, refused, shown } from './refusal.ts';
import type { MigrationSummary } from './resources.ts';
import { summaryOf } from './summary.ts';

export interface ListingOptions {
  readonly limit: number;
  /** `next` of the page before, or a time: what began before it. */
  readonly before?: string;
  /** Only migrations from this source to this destination. */
  readonly pair?: Pair;
}

export interface Listing {
  readonly migrations: readonly MigrationSummary[];
  /** Give it as `before` to get the next page; absent: this is the last one. */
  readonly next?: string;
}

export const listSummaries = async (host: SettleHost, options: ListingOptions): Promise<Listing | Refusal> => {
  const { records, files } = host;
  const { limit, pair } = options;
  const cursor = options.before === undefined ? undefined : cursorIn(options.before);
  if (cursor && isRefusal(cursor)) return cursor;
  const index = pair ? pairIndexOf(addressOf(pair.source), addressOf(pair.destination)) : 'migrations';
  const { entries, more } = await page<MigrationRecord | PairDocument>(records, index, limit, cursor);
  const found = await Promise.all(entries.map((entry) => recordOf(entry, records)));
  const settled = await Promise.all(found.flatMap((record) => (record ? settledIfPossible(record, host) : [])));
  const last = entries.at(-1);
  return {
    migrations: settled.map((record) => summaryOf(record, files)),
    ...(more && last ? { next: `${last.createdAt}~${last.id}` } : {}),
  };
};

const recordOf = async (entry: MigrationRecord | PairDocument, records: Records) =>
  entry.sk === 'record' ? entry : readMigration(records, entry.id);

interface Entry extends Document {
  readonly createdAt: string;
  readonly id: string;
}

/** Everything of that time or before, but for ids from `id` on: within one time the greatest id comes first. */
interface Cursor {
  readonly createdAt: string;
  readonly id: string;
}

const cursorIn = (text: string): Cursor | Refusal => {
  const [time = '', id = ''] = text.split('~');
  const timeMs = Date.parse(time);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(time) || Number.isNaN(timeMs))
    return refused(
      400,
      `before: "${shown(text)}" is neither the "next" of a page nor a time such as 2026-01-31T12:00:00Z.`,
    );
  return { createdAt: new Date(timeMs).toISOString(), id };
};

const isAfter = (entry: Entry, { createdAt, id }: Cursor): boolean =>
  entry.createdAt < createdAt || (entry.createdAt === createdAt && entry.id < id);

const inOrder = (a: Entry, b: Entry): number =>
  a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1;

/**
 * The records know an order by time alone. So all of one time are read before any of them is shown: what was read is cut
 * where a time may be incomplete, and read again with room for more where too little is left.
 */
const page = async <T extends Entry>(
  records: Records,
  index: string,
  limit: number,
  cursor: Cursor | undefined,
): Promise<{ readonly entries: readonly T[]; readonly more: boolean }> => {
  for (let asked = limit + 1; ; asked *= 2) {
    // A space comes before every other character: the cursor's own time is among them.
    const before = cursor ? { before: `${cursor.createdAt} ` } : {};
    const read = await records.newest<T>(index, { limit: asked, ...before });
    const all = read.length < asked;
    const whole = all ? read : read.filter(({ createdAt }) => createdAt !== read.at(-1)?.createdAt);
    const after = whole.filter((entry) => !cursor || isAfter(entry, cursor)).sort(inOrder);
    if (all || after.length >= limit) return { entries: after.slice(0, limit), more: !all || after.length > limit };
  }
};
