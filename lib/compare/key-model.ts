// Learns how keys are spelled, for any alphabet, and tells which share of them lies before a key: arithmetic coding's idea.
import { CONTEXTS, Counts, UNSEEN } from './key-counts.ts';
import { classOf, DEPTHS, LAST, type Spelled, spell, WHOLE } from './spelled.ts';

/** The key ends here: before every character. */
const END = -1;
/** Characters that nobody has seen: behind all that were. */
const BEYOND = 0x110000;
/** How fast older guesses stop counting when predictors are compared. */
const MEMORY = 0.98;
/** Contexts kept: names that are noise would have as many as there are names. */
const MOST_CONTEXTS = 20_000;
/** A context predicts better only where it does so clearly: it knows less than the whole depth does. */
const CLEARLY = 0.9;

/** Shares of the keys by their next character, ascending: each ends where the next begins. */
interface Table {
  readonly symbols: readonly number[];
  readonly ends: readonly number[];
}

interface Depth {
  readonly counts: Counts;
  /** Different beginnings seen before this character, by a number made of each: texts would keep their pages in memory. */
  readonly parents: Set<number>;
  /** What guessing cost so far: by the depth alone, then by each kind of context. */
  readonly losses: number[];
  table: (Table & { readonly learned: number; readonly seen: number }) | undefined;
}

export class KeyModel {
  readonly #depths: Depth[] = [];
  readonly #contexts = CONTEXTS.map(() => new Map<string, Counts>());
  /** Non-ASCII characters seen anywhere. */
  readonly #others = new Set<number>();
  #learned = 0;
  /** Bytes of the longest key learned. */
  #longest = 0;

  get isEmpty(): boolean {
    return this.#learned === 0;
  }

  /** `weight`: how many keys this one stands for. */
  learn(key: string, weight: number): void {
    const spelled = spell(key);
    this.#longest = Math.max(this.#longest, Buffer.byteLength(key));
    this.#learned += weight;
    let beginning = 0;
    for (let depth = 0; depth <= spelled.symbols.length && depth < DEPTHS; depth++) {
      const symbol = spelled.symbols[depth] ?? END;
      if (symbol >= 0x80) this.#others.add(symbol);
      const at = this.#depth(depth);
      const counts = [at.counts, ...CONTEXTS.map((context, i) => this.#counts(i, context(spelled, depth)))];
      counts.forEach((one, i) => {
        at.losses[i] = MEMORY * (at.losses[i] ?? 0) - Math.log(one.chanceOf(symbol));
        one.add(symbol, weight, beginning);
      });
      if (at.parents.size < 200) at.parents.add(beginning);
      // As FNV does it.
      beginning = Math.imul(beginning ^ symbol, 16_777_619);
    }
  }

  /** 0..1: the share of keys before this one, among those that begin as it does up to `depth`. */
  shareBefore(spelled: Spelled, depth: number): number {
    let from = 0;
    let size = 1;
    for (let d = depth; d < spelled.symbols.length && size > 1e-12; d++) {
      const [begin, end] = this.#span(spelled, d);
      from += size * begin;
      size *= end - begin;
    }
    return from;
  }

  /** The shortest key found that begins with `prefix` and has `share` of those keys before it, give or take `tolerance`. */
  keyAt(prefix: string, share: number, tolerance: number): string {
    let from = 0;
    let size = 1;
    let key = prefix;
    for (let added = 0; added < DEPTHS; added++) {
      const spelled = spell(key);
      const depth = spelled.symbols.length;
      if (depth >= DEPTHS) return key;
      const { symbols, ends } = this.#table(spelled, depth);
      const within = (share - from) / size;
      let i = ends.findIndex((end) => end > within);
      if (i < 0) i = symbols.length - 1;
      // A key that ends here is no place to go on from.
      if (symbols[i] === END) i++;
      const symbol = symbols[i];
      if (symbol === undefined || symbol === BEYOND) return key + LAST;
      const begin = i === 0 ? 0 : ends[i - 1]!;
      key += String.fromCodePoint(symbol);
      from += size * begin;
      size *= ends[i]! - begin;
      if (Math.abs(from - share) <= tolerance) return key;
    }
    return key;
  }

  /**
   * What may be the last key before this one, a beginning of keys: `DSC0005999.JPG` for `DSC0006`. Keys that are counted leave
   * none out, and a listing that meets its end need not ask what follows.
   */
  lastBefore(beginning: string): string {
    const { symbols, offsets } = spell(beginning);
    const depth = symbols.length - 1;
    const table = this.#plainTable(this.#depth(depth)).symbols;
    const smaller = table[firstNotBelow(table, symbols[depth]!) - 1];
    if (smaller === undefined || smaller === END) return beginning;
    let key = beginning.slice(0, offsets[depth]) + String.fromCodePoint(smaller);
    for (let d = depth + 1; d < this.#depths.length; d++) {
      const last = Math.max(...this.#depth(d).counts.weights.keys());
      // END, or nothing known of this depth.
      if (!(last >= 0)) break;
      key += classOf(last) === 'digit' ? '9' : String.fromCodePoint(last);
    }
    // Put together of different keys, it may be longer than any: services refuse what no key could be.
    return Buffer.byteLength(key) > this.#longest ? beginning : key;
  }

  #depth(depth: number): Depth {
    this.#depths[depth] ??= { counts: new Counts(), parents: new Set(), losses: [], table: undefined };
    return this.#depths[depth];
  }

  #counts(kind: number, context: string): Counts {
    const known = this.#contexts[kind]!;
    const counts = known.get(context) ?? new Counts();
    // What is not kept knows nothing, and the depth's own table is asked.
    if (known.size < MOST_CONTEXTS) known.set(context, counts);
    return counts;
  }

  /** Counts of what stands before this character, where they tell better what follows than the depth alone does. */
  #context(spelled: Spelled, depth: number): Counts | undefined {
    const [byDepth = 0, ...others] = this.#depth(depth).losses;
    const best = others.indexOf(Math.min(...others));
    if (best < 0 || others[best]! >= byDepth * CLEARLY) return undefined;
    return this.#contexts[best]!.get(CONTEXTS[best]!(spelled, depth));
  }

  #table(spelled: Spelled, depth: number): Table {
    const plain = this.#plainTable(this.#depth(depth));
    const counts = this.#context(spelled, depth);
    if (counts === undefined) return plain;
    return tableOf(
      plain.symbols,
      plain.symbols.map((symbol, i) => {
        const share = plain.ends[i]! - (i === 0 ? 0 : plain.ends[i - 1]!);
        return (counts.weights.get(symbol) ?? 0) / counts.total + share * counts.doubt;
      }),
    );
  }

  /** Where the key's character begins and ends in the table of its depth; as empty a place where it is none of its. Builds no table: asked for every page. */
  #span(spelled: Spelled, depth: number): readonly [begin: number, end: number] {
    const { symbols, ends } = this.#plainTable(this.#depth(depth));
    const symbol = spelled.symbols[depth]!;
    const i = firstNotBelow(symbols, symbol);
    const begin = i === 0 ? 0 : ends[i - 1]!;
    const end = symbols[i] === symbol ? ends[i]! : begin;
    const counts = this.#context(spelled, depth);
    if (counts === undefined) return [begin, end];
    const { weights, total, doubt } = counts;
    let all = 0;
    let before = 0;
    for (const [one, weight] of weights) {
      // A word's context is known from other depths too.
      if (symbols[firstNotBelow(symbols, one)] !== one) continue;
      all += weight;
      if (one < symbol) before += weight;
    }
    const own = end === begin ? 0 : (weights.get(symbol) ?? 0);
    const sum = all / total + doubt;
    const first = before / total + begin * doubt;
    return [first / sum, (first + own / total + (end - begin) * doubt) / sum];
  }

  /** Built anew when something new was seen, or a good deal more of the same. */
  #plainTable(at: Depth): Table {
    const { counts, parents, table } = at;
    const seen = counts.weights.size + parents.size + this.#others.size;
    if (table !== undefined && table.seen === seen && counts.total < table.learned * 1.03) return table;
    const weights = new Map(counts.weights);
    const alike = this.#alike(counts);
    const unseen = (UNSEEN * Math.max(counts.total, 1)) / (1 + parents.size);
    for (const symbol of alike) weights.set(symbol, unseen / alike.size);
    weights.set(BEYOND, unseen / 4);
    const symbols = [...weights.keys()].sort((a, b) => a - b);
    at.table = {
      ...tableOf(
        symbols,
        symbols.map((symbol) => weights.get(symbol)!),
      ),
      learned: counts.total,
      seen,
    };
    return at.table;
  }

  /** What was not seen here, but is of the same kind as what was. */
  #alike({ weights }: Counts): Set<number> {
    const classes = new Set([...weights.keys()].map((symbol) => (symbol < 0 ? 'separator' : classOf(symbol))));
    const alike = new Set<number>();
    for (const kind of classes) {
      for (const symbol of kind === 'other' ? this.#others : kind === 'separator' ? [] : WHOLE[kind])
        if (!weights.has(symbol)) alike.add(symbol);
    }
    return alike;
  }
}

const tableOf = (symbols: readonly number[], weights: readonly number[]): Table => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const ends: number[] = [];
  weights.reduce((sum, weight, i) => {
    ends[i] = (sum + weight) / total;
    return sum + weight;
  }, 0);
  return { symbols, ends };
};

const firstNotBelow = (sorted: readonly number[], wanted: number): number => {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
};
