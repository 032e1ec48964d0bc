// Patterns that callers give. V8's regular expressions try every way to match, which for some patterns takes years; RE2's
// time grows with the text and the pattern alone.
import { RE2JS } from 're2js';

export interface LinearPattern {
  /** All of it. */
  readonly matches: (text: string) => boolean;
  /** The first place that matches, by named group; undefined where nothing does. */
  readonly groupsIn: (text: string) => Readonly<Record<string, string | undefined>> | undefined;
  readonly groupNames: readonly string[];
}

/** Throws `Error` where it is none. */
export function linearPattern(source: string): LinearPattern {
  // `\p{…}` takes tables of 55 KB, which Lambdas do without; V8 never knew it either without a flag.
  const compiled = RE2JS.compile(source, RE2JS.DISABLE_UNICODE_GROUPS);
  return {
    matches: (text) => compiled.testExact(text),
    groupsIn: (text) => (compiled.exec(text) as RegExpExecArray | null)?.groups,
    groupNames: Object.keys(compiled.namedGroups()),
  };
}
