// What follows in keys: how often which character, and what stands before it that may tell.
import { classOf, type Spelled } from './spelled.ts';

/** Weight of characters not yet seen, beside those seen once behind one beginning. */
export const UNSEEN = 0.5;
/** Behind so many different beginnings a context is known. */
const BEGINNINGS = 8;

export class Counts {
  readonly weights = new Map<number, number>();
  /** Different beginnings of the keys it was seen in, as far as it makes a difference. */
  readonly #beginnings: number[] = [];
  total = 0;

  add(symbol: number, weight: number, beginning: number): void {
    this.weights.set(symbol, (this.weights.get(symbol) ?? 0) + weight);
    this.total += weight;
    if (this.#beginnings.length < BEGINNINGS && !this.#beginnings.includes(beginning)) this.#beginnings.push(beginning);
  }

  /**
   * Weight of all that was not seen here. Keys are read in order: however many begin alike, they show what comes first behind
   * that beginning, and nothing of what comes later.
   */
  get doubt(): number {
    return UNSEEN / (1 + this.#beginnings.length);
  }

  /** Of being right: what a guess costs is its negative logarithm. */
  chanceOf(symbol: number): number {
    return ((this.weights.get(symbol) ?? 0) + 0.5) / (this.total + 20);
  }
}

/** What stands before a character, as far as it tells which one follows. */
type Context = (spelled: Spelled, depth: number) => string;

const twoBefore: Context = ({ key, offsets }, depth) => key.slice(offsets[Math.max(0, depth - 2)], offsets[depth]);

/** Which word it is, and up to three of its characters. */
const inWord: Context = ({ key, symbols, offsets }, depth) => {
  let words = 0;
  for (let i = 0; i < depth; i++) if (classOf(symbols[i]!) === 'separator') words++;
  let from = depth;
  while (from > 0 && depth - from < 3 && classOf(symbols[from - 1]!) !== 'separator') from--;
  const isBeginning = from === 0 || classOf(symbols[from - 1]!) === 'separator';
  return `${words}${isBeginning ? '^' : '~'}${key.slice(offsets[from], offsets[depth])}`;
};

export const CONTEXTS: readonly Context[] = [twoBefore, inWord];
