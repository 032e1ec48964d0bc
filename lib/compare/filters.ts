// Which pictures a migration is about: globs over keys and spans of time, compiled once, asked for every entry.
import { capturedAt } from './capture.ts';
import type { Entry } from './entry.ts';
import { compileGlobs } from './glob.ts';
import type { KeyPattern } from './key-pattern.ts';

/** Times are milliseconds since 1970: `…After` includes its moment, `…Before` does not, so that spans can follow each other. */
export interface FilterOptions {
  /** None: everything. See `compileGlobs` for what a glob says. */
  readonly include: readonly string[];
  /** Wins over `include`. */
  readonly exclude: readonly string[];
  readonly capturedAfter?: number | undefined;
  readonly capturedBefore?: number | undefined;
  readonly modifiedAfter?: number | undefined;
  readonly modifiedBefore?: number | undefined;
  /** Where capture times stand in keys, if not in the usual place. */
  readonly keyPattern?: KeyPattern | undefined;
}

export type Keep = (entry: Entry) => boolean;

export const keepAll: Keep = () => true;

/** True: keep. Throws, naming the glob, where one cannot be read. */
export function compileFilters(options: FilterOptions): Keep {
  const { keyPattern } = options;
  const tests: Keep[] = [];
  // The cheapest test first.
  const modified = within(options.modifiedAfter, options.modifiedBefore);
  if (modified !== undefined) tests.push((entry) => modified(entry.modifiedAt));
  const excluded = compileGlobs(options.exclude);
  if (options.exclude.length > 0) tests.push((entry) => !excluded(entry.key));
  const included = compileGlobs(options.include);
  if (options.include.length > 0) tests.push((entry) => included(entry.key));
  const captured = within(options.capturedAfter, options.capturedBefore);
  if (captured !== undefined) tests.push((entry) => captured(capturedAt(entry, keyPattern)));
  return allOf(tests);
}

function within(after?: number, before?: number): ((time: number) => boolean) | undefined {
  if (after === undefined && before === undefined) return undefined;
  const from = after ?? Number.NEGATIVE_INFINITY;
  const to = before ?? Number.POSITIVE_INFINITY;
  return (time) => time >= from && time < to;
}

function allOf(tests: readonly Keep[]): Keep {
  const [only, ...more] = tests;
  if (only === undefined) return keepAll;
  return more.length === 0 ? only : (entry) => tests.every((test) => test(entry));
}
