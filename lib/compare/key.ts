// The order of keys: by code point, which is the order of UTF-8 bytes and the one S3 lists in.

/** JavaScript's `<` compares UTF-16 units; it differs only where both keys have a unit from U+D800 up. */
const SURROGATE_OR_ABOVE = /[\ud800-\uffff]/;

/**
 * Negative: `a` comes first; 0: the same key. A lone surrogate (a folder's odd byte) stands where its own code point does.
 * One look at `a` is enough to trust `<`, and on one-byte strings V8 answers it without reading them.
 */
export function compareKeys(a: string, b: string): number {
  if (SURROGATE_OR_ABOVE.test(a)) return compareCodePoints(a, b);
  return a < b ? -1 : a === b ? 0 : 1;
}

function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x < 0xd800 || y < 0xd800) return x - y;
    // Behind a shared high surrogate a low one is half of a code point that began one unit earlier.
    const inPair = i > 0 && isHigh(a.charCodeAt(i - 1)) && (isLow(x) || isLow(y));
    const at = inPair ? i - 1 : i;
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
  }
  return a.length - b.length;
}

/**
 * The same key, on its own: cut out of a page of a listing, a string of V8's keeps the whole page in memory, and one key of each
 * of a thousand pages keeps a quarter of a gigabyte. Adding a character makes a copy; cutting it off leaves that one.
 */
export const onItsOwn = (key: string): string => `${key} `.slice(0, -1);

/** Of entries in order, on its own: who remembers how far a listing is keeps no page by it. */
export const lastKeyOf = (entries: readonly { readonly key: string }[]): string | undefined => {
  const last = entries.at(-1);
  return last && onItsOwn(last.key);
};

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
