// Two sorted listings become one stream of keys with what either side says about them, in constant memory.
import type { Entry, Side } from './entry.ts';
import type { Joined } from './findings.ts';
import { compareKeys } from './key.ts';

/** A listing out of order or repeating itself: joined all the same it would report pictures as missing that are not. */
export class Disordered extends Error {
  override name = 'Disordered';
  readonly side: Side;
  readonly previous: string;
  readonly key: string;

  constructor(side: Side, previous: string, key: string) {
    const what = previous === key ? 'names a key twice' : 'is out of order';
    super(`the ${side}'s listing ${what}: ${JSON.stringify(key)} came after ${JSON.stringify(previous)}`);
    this.side = side;
    this.previous = previous;
    this.key = key;
  }
}

/** One page in hand and the next one on its way: while this side's page is joined, both sides' next ones are fetched. */
class Listing {
  readonly #side: Side;
  readonly #pages: AsyncIterator<Entry[]>;
  #next: Promise<IteratorResult<Entry[]>>;
  #ended = false;
  #failed = false;
  #page: readonly Entry[] = [];
  #at = 0;
  #previous: string | undefined;
  /** The entry to be joined next; undefined: `turn` the page, or the listing has ended. */
  head: Entry | undefined;

  constructor(side: Side, pages: AsyncIterable<Entry[]>) {
    this.#side = side;
    this.#pages = pages[Symbol.asyncIterator]();
    this.#next = this.#fetch();
  }

  #fetch(): Promise<IteratorResult<Entry[]>> {
    const next = this.#pages.next();
    // Thrown in `turn`, when the page in hand is used up; never where the other side fails first.
    next.catch(() => {
      this.#failed = true;
    });
    return next;
  }

  /** Makes sure there is a head, unless the listing has ended. */
  async turn(): Promise<void> {
    while (this.head === undefined && !this.#ended) {
      const { done, value } = await this.#next;
      if (done) {
        this.#ended = true;
        return;
      }
      // Taken out: whoever made the page keeps it until the next one is there, and a page with all its keys is half a megabyte.
      this.#page = value.splice(0);
      this.#at = 0;
      this.#next = this.#fetch();
      this.#show();
    }
  }

  advance(): void {
    this.#at++;
    this.#show();
  }

  #show(): void {
    const head = this.#page[this.#at];
    this.head = head;
    if (head === undefined) {
      this.#page = [];
      return;
    }
    if (this.#previous !== undefined && compareKeys(this.#previous, head.key) >= 0) {
      throw new Disordered(this.#side, this.#previous, head.key);
    }
    this.#previous = head.key;
  }

  get exhausted(): boolean {
    return this.head === undefined && this.#ended;
  }

  async close(): Promise<void> {
    if (!this.#ended && !this.#failed) await this.#pages.return?.();
  }
}

/**
 * Ascending, each key once, in batches of about a page, so that a key costs no turn of the event loop.
 * Dropped: a destination entry with a `problem` (it counts as absent), and a folder's `directory` entry unless the other
 * side has that key for real. Fails as either listing fails; both are closed whatever happens. Pages are emptied as they are read.
 */
export async function* joinListings(
  source: AsyncIterable<Entry[]>,
  destination: AsyncIterable<Entry[]>,
): AsyncGenerator<Joined[], void, undefined> {
  const left = new Listing('source', source);
  const right = new Listing('destination', destination);
  try {
    for (;;) {
      await Promise.all([left.turn(), right.turn()]);
      if (left.exhausted && right.exhausted) return;
      const batch = joinPages(left, right);
      if (batch.length > 0) yield batch;
    }
  } finally {
    // What closing says no longer matters: the join is over, or has failed for another reason.
    await Promise.allSettled([left.close(), right.close()]);
  }
}

/** Joins until a page ends whose listing goes on. */
function joinPages(left: Listing, right: Listing): Joined[] {
  const batch: Joined[] = [];
  while ((left.head ?? right.head) !== undefined) {
    const source = left.head;
    const destination = right.head;
    // A listing whose page is used up may go on with a smaller key than the other side's.
    if ((source === undefined && !left.exhausted) || (destination === undefined && !right.exhausted)) break;
    const order = orderOf(source, destination);
    if (order <= 0) left.advance();
    if (order >= 0) right.advance();
    const joined = real(order <= 0 ? source : undefined, order >= 0 ? destination : undefined);
    if (joined !== undefined) batch.push(joined);
  }
  return batch;
}

function orderOf(source: Entry | undefined, destination: Entry | undefined): number {
  if (source === undefined) return 1;
  if (destination === undefined) return -1;
  // Most keys are on both sides.
  return source.key === destination.key ? 0 : compareKeys(source.key, destination.key);
}

function real(listedSource: Entry | undefined, listedDestination: Entry | undefined): Joined | undefined {
  const noProblem = listedDestination?.problem === undefined ? listedDestination : undefined;
  const source = standsFor(listedSource, noProblem);
  const destination = standsFor(noProblem, listedSource);
  if (source === undefined && destination === undefined) return undefined;
  return { source, destination } as Joined;
}

/** A directory answers a folder marker, which is empty; facing a picture under such a key, or nothing, it is nobody's entry. */
function standsFor(entry: Entry | undefined, other: Entry | undefined): Entry | undefined {
  if (!entry?.directory) return entry;
  return other !== undefined && !other.directory && other.size === 0 ? entry : undefined;
}
