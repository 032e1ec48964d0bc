// A glob's `[…]`: one character of a set, never the `/` between folders.

/** Pairs of first and last character. */
const NAMED: Readonly<Record<string, string>> = {
  alnum: '09AZaz',
  alpha: 'AZaz',
  ascii: '\0\x7f',
  blank: '\t\t  ',
  cntrl: '\0\x1f\x7f\x7f',
  digit: '09',
  graph: '!~',
  lower: 'az',
  print: ' ~',
  punct: '!/:@[`{~',
  space: '\t\r  ',
  upper: 'AZ',
  word: '09AZ__az',
  xdigit: '09AFaf',
};

type Range = readonly [first: number, last: number];

/** `at`: behind the `[`. Gives the set in RE2's syntax, and where the glob goes on. */
export function readClass(chars: readonly string[], at: number): { readonly source: string; readonly end: number } {
  const negated = chars[at] === '!' || chars[at] === '^';
  const start = negated ? at + 1 : at;
  const ranges: Range[] = [];
  let i = start;
  // `]` as the first is one of them.
  while (chars[i] !== ']' || i === start) {
    const name = nameAt(chars, i);
    if (name !== undefined) {
      ranges.push(...named(name));
      i += name.length + 4;
      continue;
    }
    const first = memberAt(chars, i);
    const isRange = chars[first.end] === '-' && chars[first.end + 1] !== ']';
    const last = isRange ? memberAt(chars, first.end + 1) : first;
    if (last.code < first.code) throw new Error('a range in […] is out of order');
    ranges.push([first.code, last.code]);
    i = last.end;
  }
  const within = ranges.flatMap(withoutSlash);
  if (within.length === 0 && !negated) throw new Error('a […] never matches "/"');
  return { source: `[${negated ? '^/' : ''}${within.map(written).join('')}]`, end: i + 1 };
}

/** `[:digit:]` within the brackets. */
function nameAt(chars: readonly string[], at: number): string | undefined {
  if (chars[at] !== '[' || chars[at + 1] !== ':') return undefined;
  const end = chars.indexOf(':', at + 2);
  return end > 0 && chars[end + 1] === ']' ? chars.slice(at + 2, end).join('') : undefined;
}

function named(name: string): Range[] {
  const pairs = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (pairs === undefined) throw new Error(`[:${name}:] is none of ${Object.keys(NAMED).join(', ')}`);
  return Array.from({ length: pairs.length / 2 }, (_, i) => [pairs.charCodeAt(2 * i), pairs.charCodeAt(2 * i + 1)]);
}

function memberAt(chars: readonly string[], at: number): { readonly code: number; readonly end: number } {
  const escaped = chars[at] === '\\' ? at + 1 : at;
  const code = chars[escaped]?.codePointAt(0);
  if (code === undefined) throw new Error('Missing closing: "]"; the character itself is \\[');
  return { code, end: escaped + 1 };
}

const SLASH = 0x2f;

const withoutSlash = ([first, last]: Range): readonly Range[] =>
  first > SLASH || last < SLASH
    ? [[first, last]]
    : (
        [
          [first, SLASH - 1],
          [SLASH + 1, last],
        ] as const
      ).filter(([from, to]) => from <= to);

const written = ([first, last]: Range): string => `\\x{${first.toString(16)}}-\\x{${last.toString(16)}}`;
