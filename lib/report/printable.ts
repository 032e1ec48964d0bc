// Keys may hold anything, a terminal's control sequences included: only what is harmless is shown as it is.

/** Controls, invisible formatting (what reverses the direction of writing too), line separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A key with a newline in it -> `a\u{a}b`. */
export const printable = (text: string): string =>
  text.replace(UNSAFE, (unsafe) => `\\u{${unsafe.codePointAt(0)?.toString(16)}}`);

/** Harmless and harmful stretches in turn, a harmless one (perhaps empty) first: `['a', '\n', 'b']`. */
export const splitUnprintable = (text: string): string[] => text.split(/([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+)/u);
