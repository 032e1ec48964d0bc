// Keys spelled out by code points, and kinds of characters.

/** The last character there is. */
export const LAST = '\u{10ffff}';
/** Characters of a key that are learned from its beginning. */
export const DEPTHS = 48;
/** A key by code points, and where each begins. */
export interface Spelled {
  readonly key: string;
  readonly symbols: readonly number[];
  readonly offsets: readonly number[];
}

export const spell = (key: string): Spelled => {
  const symbols: number[] = [];
  const offsets: number[] = [];
  for (let at = 0; at < key.length && symbols.length < DEPTHS; ) {
    const symbol = key.codePointAt(at)!;
    symbols.push(symbol);
    offsets.push(at);
    at += symbol > 0xffff ? 2 : 1;
  }
  offsets.push(symbols.length < DEPTHS ? key.length : offsets.at(-1)! + 1);
  return { key, symbols, offsets };
};

export const classOf = (symbol: number): 'digit' | 'lower' | 'upper' | 'separator' | 'other' => {
  if (symbol >= 0x30 && symbol <= 0x39) return 'digit';
  if (symbol >= 0x61 && symbol <= 0x7a) return 'lower';
  if (symbol >= 0x41 && symbol <= 0x5a) return 'upper';
  return symbol < 0x80 ? 'separator' : 'other';
};

const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** All of a kind, where that can be said. */
export const WHOLE = { digit: span(0x30, 0x39), lower: span(0x61, 0x7a), upper: span(0x41, 0x5a) };
