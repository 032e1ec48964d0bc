// Globs over keys. Keys are not paths: `..`, `//`, newlines and a trailing `/` in them are ordinary characters.
import picomatch from 'picomatch';

export type KeyTest = (key: string) => boolean;

// - without a `/`: the file's name, in whatever folder;
// - with one: the whole key; `*` stays within a folder, `**` crosses folders;
// - ending in `/`: everything below that folder (`cam1/`, `**/raw/`), its marker included.
// Names beginning with a dot match like any others, letters only as they are written.
export function compileGlob(glob: string): KeyTest {
  if (glob.startsWith('!') && !glob.startsWith('!(')) {
    throw new Error(
      `bad glob "${glob}": what begins with "!" belongs to the opposite list; a name that does is "\\!…"`,
    );
  }
  if (!glob.includes('/')) return onName(matcher(glob, glob));
  const below = /^(.*\/)(?:\*\*)?$/s.exec(glob)?.[1];
  if (below === undefined) return matcher(glob, glob);
  // `a/**` as it stands would match a picture named `a`, and not always the marker `a/`.
  const matches = matcher(`${below}**/*`, glob);
  return (key) => matches(key.endsWith('/') ? `${key}_` : key);
}

const onName =
  (matches: KeyTest): KeyTest =>
  (key) => {
    const end = key.endsWith('/') ? key.length - 1 : key.length;
    return matches(key.slice(key.lastIndexOf('/', end - 1) + 1, end));
  };

/** `.` and `..` as names: picomatch takes them for steps through directories, which its wildcards never match. */
const DOT_NAME = /(^|\/)(\.\.?)(?=\/|$)/g;
const mayHaveDotName = (key: string): boolean => key.endsWith('.') || key.includes('./');

function matcher(pattern: string, glob: string): KeyTest {
  const regExp = compile(pattern, glob);
  return (key) => {
    if (regExp.test(key)) return true;
    if (!mayHaveDotName(key)) return false;
    return regExp.test(key.replace(DOT_NAME, (_, slash: string, dots: string) => slash + '_'.repeat(dots.length)));
  };
}

function compile(pattern: string, glob: string): RegExp {
  try {
    return picomatch.makeRe(pattern, {
      dot: true,
      // `*` and `**` match newlines too.
      flags: 's',
      // `[!a]` and `[[:digit:]]`
      posix: true,
      nonegate: true,
      windows: false,
      strictBrackets: true,
      // Throw what would otherwise become a pattern that matches nothing.
      debug: true,
      expandRange,
    });
  } catch (error) {
    throw new Error(`bad glob "${glob}": ${(error as Error).message}`);
  }
}

/** picomatch itself makes `{01..12}` the characters `[01-12]`. */
function expandRange(...parts: readonly unknown[]): string {
  const [from, to, ...more] = parts.filter((part) => typeof part === 'string');
  if (from !== undefined && to !== undefined && more.length === 0) {
    if (/^[a-z]$/i.test(from) && /^[a-z]$/i.test(to) && from <= to) return `[${from}-${to}]`;
    const first = Number(from);
    const count = Number(to) - first + 1;
    if (/^\d+$/.test(from) && /^\d+$/.test(to) && count >= 1 && count <= 1000) {
      const names = Array.from({ length: count }, (_, i) => String(first + i).padStart(from.length, '0'));
      return `(?:${names.join('|')})`;
    }
  }
  throw new Error('a range is {1..31}, {01..12} or {a..f}, ascending, at most 1000 long and alone in its braces');
}
