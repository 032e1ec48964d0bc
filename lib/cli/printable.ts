// Keys may hold anything, a terminal's control sequences included: only what is harmless is printed as it is.

/** Controls, invisible formatting (what reverses the direction of writing too), line separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A key with a newline in it -> `a\u{a}b`. */
export const printable = (text: string): string =>
  text.replace(UNSAFE, (unsafe) => `\\u{${unsafe.codePointAt(0)?.toString(16)}}`);
