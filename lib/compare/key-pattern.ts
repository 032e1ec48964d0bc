// A key pattern as users write it: a regular expression in RE2's syntax whose named groups say camera and capture time.
import { type LinearPattern, linearPattern } from './linear-pattern.ts';

export type KeyPattern = Pick<LinearPattern, 'groupsIn'>;

const TIME_GROUPS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
const GROUPS: readonly string[] = ['camera', ...TIME_GROUPS];

/** Throws where it is no regular expression, takes too much, or has other groups than those. */
export function compileKeyPattern(text: string): KeyPattern {
  const pattern = compile(text);
  const named = pattern.groupNames;
  const unknown = named.find((name) => !GROUPS.includes(name));
  if (unknown !== undefined || named.length === 0) {
    const what = unknown === undefined ? 'has no named group' : `has an unknown group "${unknown}"`;
    throw new Error(`the key pattern ${what}; it takes ${GROUPS.map((name) => `(?<${name}>…)`).join(', ')}`);
  }
  const times = TIME_GROUPS.filter((name) => named.includes(name));
  const gap = TIME_GROUPS.slice(0, times.length).find((name) => !times.includes(name));
  if (gap !== undefined) throw new Error(`the key pattern has a group "${times.at(-1)}" but none for the ${gap}`);
  return pattern;
}

function compile(text: string): LinearPattern {
  if (text.length > MAX_LENGTH) throw new Error(`the key pattern has more than ${MAX_LENGTH} characters`);
  if (sizeOf(text) > MAX_SIZE) {
    throw new Error(`the key pattern repeats too much: with its {…} written out it has more than ${MAX_SIZE} parts`);
  }
  try {
    return linearPattern(text);
  } catch (error) {
    const why = (error as Error).message.replace(/^error parsing regexp: /, '');
    if (/`(\(\?<?[=!]|\\[1-9k])/.test(why)) {
      throw new Error('the key pattern looks around or refers back, as (?=…) and \\1 do: that is not taken', {
        cause: error,
      });
    }
    throw new Error(`the key pattern is no regular expression: ${why} (it is read as RE2 does)`, { cause: error });
  }
}

const MAX_LENGTH = 1_024;

/** A key of 1 KB takes a tenth of a second at worst. */
const MAX_SIZE = 2_000;

const TOKEN = /\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|./gsu;

/** Its parts when `{…}` are written out, which RE2 does before it looks at the size: seconds, for nested ones. */
function sizeOf(text: string): number {
  const outer: number[] = [];
  let [sum, last] = [0, 0];
  for (const [token, least, most] of text.matchAll(TOKEN)) {
    if (token === '\\Q') throw new Error('the key pattern holds \\Q: write a "\\" before each such character');
    if (least !== undefined) last *= Math.max(1, Number(most || least));
    else if (token === '(') {
      outer.push(sum + last);
      [sum, last] = [0, 0];
    } else if (token === ')') {
      last = sum + last + 1;
      sum = outer.pop() ?? 0;
    } else {
      sum += last;
      last = 1;
    }
  }
  return outer.reduce((total, more) => total + more, sum + last);
}
