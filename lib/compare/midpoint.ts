// A key in the middle of a range: where a listing that turns out long is cut in two.
import { compareKeys } from './key.ts';
import type { Range } from './range.ts';

/** S3 takes keys of up to 1,024 bytes, as places to start from too. */
const MAX_KEY_BYTES = 1024;

const PRINTABLE_ASCII = Array.from({ length: 0x7e - 0x20 + 1 }, (_, i) => String.fromCharCode(0x20 + i)).join('');

/**
 * A key strictly between `after` and `upTo`, in the middle as counted in the alphabet of the range's bounds and of the keys
 * `seen` so far: between `2026/01` and `2026/10` lies `2026/05`. Without `seen` the alphabet is printable ASCII.
 * Well-formed, with no U+0000 of its own, short. undefined: there is none.
 */
export function midpoint(range: Range, seen: Iterable<string> = [PRINTABLE_ASCII]): string | undefined {
  const isInside = (key: string) =>
    compareKeys(key, range.after) > 0 &&
    (range.upTo === null || compareKeys(key, range.upTo) < 0) &&
    Buffer.byteLength(key) <= MAX_KEY_BYTES;
  return (
    prefixes(average(range, alphabetOf([range.after, range.upTo ?? '', ...seen]))).find(isInside) ??
    // No middle in this alphabet, as between `a` and `aa`: the upper bound's beginnings, then the very next key.
    prefixes(wellFormedStart(range.upTo ?? '')).find(isInside) ??
    [nextKey(range.after)].find(isInside)
  );
}

function alphabetOf(keys: Iterable<string>): string[] {
  const characters = new Set<string>();
  for (const key of keys) for (const character of key) if (isUsable(character)) characters.add(character);
  return [...characters].sort(compareKeys);
}

const isUsable = (character: string): boolean => character !== '\0' && character.isWellFormed();

/**
 * Bounds as fractions whose digits are places in the alphabet, 0 being the end of a key: the digits of their mean, up to
 * the first 0 behind the point, which no key can go on from.
 */
function average(range: Range, alphabet: readonly string[]): string {
  const base = alphabet.length + 1;
  const places = new Map(alphabet.map((character, place) => [character, place + 1]));
  const low = digitsOf(range.after, places);
  // No upper bound: the fraction 1.
  const high = range.upTo === null ? [] : digitsOf(range.upTo, places);
  let carried = 0;
  const length = Math.max(low.length, high.length) + 2;
  const sums = Array.from({ length }, (_, i) => (low[i] ?? 0) + (high[i] ?? 0));
  for (let i = length - 1; i >= 0; i--) {
    const sum = (sums[i] ?? 0) + carried;
    sums[i] = sum % base;
    carried = Math.floor(sum / base);
  }
  let rest = carried + (range.upTo === null ? 1 : 0);
  let key = '';
  for (const sum of sums) {
    const doubled = rest * base + sum;
    const character = alphabet[Math.floor(doubled / 2) - 1];
    if (character === undefined) break;
    key += character;
    rest = doubled % 2;
  }
  return key;
}

/** Up to the first character that is in no alphabet: a lone surrogate or U+0000. */
function digitsOf(key: string, places: ReadonlyMap<string, number>): number[] {
  const digits: number[] = [];
  for (const character of key) {
    const place = places.get(character);
    if (place === undefined) break;
    digits.push(place);
  }
  return digits;
}

/** Shortest first. */
function prefixes(key: string): string[] {
  let prefix = '';
  return Array.from(key, (character) => {
    prefix += character;
    return prefix;
  });
}

function wellFormedStart(key: string): string {
  const characters = [...key];
  const end = characters.findIndex((character) => !isUsable(character));
  return end === -1 ? key : characters.slice(0, end).join('');
}

/** The least key behind `key` that may be asked for: U+E000 is the first code point behind the lone surrogates. */
function nextKey(key: string): string {
  const characters = [...key];
  const lone = characters.findIndex((character) => !character.isWellFormed());
  return lone === -1 ? `${key}\u0001` : `${characters.slice(0, lone).join('')}\ue000`;
}
