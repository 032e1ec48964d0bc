// Globs over keys. Keys are not paths: `..`, `//`, newlines and a trailing `/` in them are ordinary characters.
import { translateGlob } from './glob-syntax.ts';
import { linearPattern } from './linear-pattern.ts';

export type KeyTest = (key: string) => boolean;

/** Of one list, in RE2's syntax: what a key of the greatest length can cost stays below a second. */
const MAX_LENGTH = 20_000;

// Whether a key matches one of them:
// - without a `/`: the file's name, in whatever folder;
// - with one: the whole key; `*` stays within a folder, `**` crosses folders;
// - ending in `/`: everything below that folder (`cam1/`, `**/raw/`), its marker included.
// Names beginning with a dot match like any others, letters only as they are written. Throws, naming the glob.
export function compileGlobs(globs: readonly string[]): KeyTest {
  const names: string[] = [];
  const keys: string[] = [];
  for (const glob of globs) (glob.includes('/') ? keys : names).push(translated(glob));
  const onName = anyOf(names);
  const onKey = anyOf(keys);
  if (onName === undefined) return onKey ?? (() => false);
  if (onKey === undefined) return (key) => onName(nameOf(key));
  return (key) => onName(nameOf(key)) || onKey(key);
}

function nameOf(key: string): string {
  const end = key.endsWith('/') ? key.length - 1 : key.length;
  return key.slice(key.lastIndexOf('/', end - 1) + 1, end);
}

/** One pattern for all of them: a hundred cost a key little more than one. */
function anyOf(sources: readonly string[]): KeyTest | undefined {
  if (sources.length === 0) return undefined;
  const source = sources.join('|');
  if (source.length > MAX_LENGTH) {
    throw new Error(`the ${sources.length} globs are too long together: take fewer, or shorter ones`);
  }
  // A request is looked at long before a key is, and often without one.
  let pattern: ReturnType<typeof linearPattern> | undefined;
  return (key) => {
    pattern ??= linearPattern(`(?s:${source})`);
    return pattern.matches(key);
  };
}

function translated(glob: string): string {
  try {
    if (glob.startsWith('!')) {
      throw new Error('what begins with "!" belongs to the opposite list; a name that does is "\\!…"');
    }
    const below = /^(.*\/)(?:\*\*)?$/s.exec(glob)?.[1];
    return below === undefined ? translateGlob(glob) : `${translateGlob(below)}.*`;
  } catch (error) {
    throw new Error(`bad glob "${glob}": ${(error as Error).message}`);
  }
}
