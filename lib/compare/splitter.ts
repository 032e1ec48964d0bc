// Where a range that is being listed is cut in two, so that both halves can be listed at once: nobody knows how many keys follow.
import { compareKeys, onItsOwn } from './key.ts';
import { KeyModel } from './key-model.ts';
import type { Range } from './range.ts';
import { LAST, spell } from './spelled.ts';

/** Keys of a page that the model learns: of the first pages many, later few. */
const SAMPLES = 8;
const SAMPLES_LATER = 2;
const FIRST_PAGES = 100;
/** Pages that a range must promise before a cut is worth its request. */
const PAGES_WORTH_A_CUT = 5;
/** A range that went on so long goes on for at least this share of it. */
const GOES_ON = 0.3;
/** So few ranges leave most places idle. */
const FEW = 8;
/** How far from the middle a cut may lie, as a share of the range: short keys make better guesses than long ones. */
const TOLERANCE = 0.12;
/** Requests that may be spent on guesses: some to begin with, and a share of all. Several ranges have work for all places without. */
const GUESSES = 12;
const GUESSES_SHARE = 0.04;
/** What one tells makes the next one better: so many at once, or the first page's knowledge alone spends them all. */
const GUESSES_AWAITED = 2;

/** A range as far as it is listed; its end comes down where it is cut. */
export class ListedRange implements Range {
  readonly after: string;
  upTo: string | null;
  position: string;
  keys = 0;
  /** The first key that was listed, here or where it was cut off from. */
  first: string | undefined;
  /** Its upper end was found by looking at keys, so they may be expected up to there. */
  isBounded: boolean;
  /** Cut off although little is expected: its first page is awaited. */
  isGuess = false;
  /** Keys expected to follow, when that was last estimated. */
  left = 0;
  /** It was read on since then. */
  isStale = false;
  #start: string | undefined;

  constructor({ after, upTo }: Range, first?: string, isBounded = false) {
    this.after = after;
    this.position = after;
    this.upTo = upTo;
    this.first = first;
    this.isBounded = isBounded;
  }

  reached(first: string, last: string, keys: number): void {
    this.#start ??= onItsOwn(first);
    this.first ??= this.#start;
    this.position = onItsOwn(last);
    this.keys += keys;
  }

  get hasBegun(): boolean {
    return this.#start !== undefined;
  }

  /** Expected from what lies behind it: as many keys for as much of the model. */
  estimate(model: KeyModel): void {
    const { upTo, keys, position } = this;
    const start = this.#start ?? position;
    const depth = upTo === null ? 0 : sharedDepth(start, upTo);
    const [begun, now] = [start, position].map((key) => model.shareBefore(spell(key), depth)) as [number, number];
    const end = upTo === null ? 1 : model.shareBefore(spell(upTo), depth);
    const left = now > begun ? (keys * (end - now)) / (now - begun) : keys;
    this.left = Math.max(Math.min(left, 1e7), GOES_ON * keys);
    this.isStale = false;
  }
}

export class Splitter {
  readonly #model = new KeyModel();
  readonly #guessesAtFirst: number;
  #requests = 0;
  #keys = 0;
  /** Keys that a request brings at most, as far as seen. */
  #pageSize = 1;
  /** Whose first page is awaited. */
  #guesses = 0;

  /** `ranges`: that are listed side by side before any is cut. */
  constructor(ranges = 1) {
    this.#guessesAtFirst = GUESSES / ranges ** 2;
  }

  /** A page of either side: `keys` of it belong to the range. */
  count(range: ListedRange, keys: number): void {
    this.#requests++;
    if (range.isGuess) this.#guesses--;
    range.isGuess = false;
    this.#keys += keys;
    this.#pageSize = Math.max(this.#pageSize, keys);
  }

  /** What a range was found to hold, in order. */
  learn(range: ListedRange, count: number, keyAt: (i: number) => string): void {
    const samples = Math.min(this.#requests > FIRST_PAGES ? SAMPLES_LATER : SAMPLES, count);
    for (let i = 0; i < samples; i++) {
      this.#model.learn(keyAt(Math.floor(((count - 1) * i) / Math.max(1, samples - 1))), count / samples);
    }
    range.isStale = true;
  }

  /** The range that promises most is cut: it, and what lies behind the cut. undefined: none is worth it now. */
  cut<Piece extends { readonly listed: ListedRange }>(
    pieces: readonly Piece[],
  ): { readonly piece: Piece; readonly cutOff: ListedRange } | undefined {
    if (this.#model.isEmpty) return undefined;
    // Not with every page: while all places are taken, nobody asks.
    for (const { listed } of pieces) if (listed.isStale) listed.estimate(this.#model);
    const candidates = pieces.filter(({ listed: { hasBegun, left } }) => hasBegun && left > 0);
    for (const piece of candidates.sort((a, b) => b.listed.left - a.listed.left)) {
      const range = piece.listed;
      // Where hardly anything else is read, one that went on so long is believed to go on as long again.
      const promised = pieces.length < FEW ? Math.max(range.left, range.keys) : range.left;
      const isGuess = promised < PAGES_WORTH_A_CUT * this.#pageSize;
      if (isGuess && !this.#mayGuess()) return undefined;
      const cutOff = this.#cutOne(range);
      if (cutOff) {
        cutOff.isGuess = isGuess;
        if (isGuess) this.#guesses++;
        return { piece, cutOff };
      }
      range.left = 0;
    }
    return undefined;
  }

  #mayGuess(): boolean {
    if (this.#guesses >= GUESSES_AWAITED) return false;
    const unneeded = this.#requests - this.#keys / this.#pageSize + this.#guesses;
    return unneeded < this.#guessesAtFirst + GUESSES_SHARE * this.#requests;
  }

  #cutOne(range: ListedRange): ListedRange | undefined {
    const end = endOfFamily(range);
    const at = end ?? this.#middle(range);
    if (at === undefined || !isInside(at, range)) return undefined;
    const { isBounded, first } = range;
    const cutOff = new ListedRange({ after: at, upTo: range.upTo }, isBounded ? undefined : first, isBounded);
    range.upTo = at;
    range.isBounded = true;
    range.left = range.left * (end === undefined ? 0.5 : 0.75);
    return cutOff;
  }

  #middle({ position, upTo }: ListedRange): string | undefined {
    const depth = upTo === null ? 0 : sharedDepth(position, upTo);
    const here = spell(position);
    const low = this.#model.shareBefore(here, depth);
    const high = upTo === null ? 1 : this.#model.shareBefore(spell(upTo), depth);
    if (!(high > low)) return undefined;
    const middle = this.#model.keyAt(
      position.slice(0, here.offsets[depth]),
      (low + high) / 2,
      (high - low) * TOLERANCE,
    );
    const last = this.#model.lastBefore(middle);
    return compareKeys(last, position) > 0 ? last : middle;
  }
}

const isInside = (key: string, { position, upTo }: ListedRange): boolean =>
  compareKeys(key, position) > 0 && (upTo === null || compareKeys(key, upTo) < 0);

/** All keys so far begin alike: where that ends, as `2026/` does at `20260`, something else begins, or nothing at all. */
const endOfFamily = ({ isBounded, first, position, upTo }: ListedRange): string | undefined => {
  if (isBounded) return undefined;
  const shared = (first ?? position).slice(0, spell(position).offsets[sharedDepth(first ?? position, position)]);
  const end = `${shared}${LAST}`;
  return shared !== '' && (upTo === null || compareKeys(end, upTo) < 0) ? end : undefined;
};

const sharedDepth = (a: string, b: string): number => {
  const [one, other] = [spell(a).symbols, spell(b).symbols];
  let depth = 0;
  while (depth < one.length && depth < other.length && one[depth] === other[depth]) depth++;
  return depth;
};
