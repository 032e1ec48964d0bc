// Tells a documented refusal from a mistake of ours: what every fuzz target asks of an error.
import assert from 'node:assert/strict';

/** Errors of the language itself: nobody documents those, they come from code that trusted its input. */
const MISTAKES = new Set(['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'URIError', 'AggregateError']);

/** Passes where the error is one of these (by name), with a sentence in it; else it is thrown on. */
export const isRefusal = (error: unknown, ...names: readonly string[]): void => {
  if (!(error instanceof Error) || error.name === 'AssertionError') throw error;
  if (!names.includes(error.name) || MISTAKES.has(error.constructor.name)) throw error;
  assert.ok(error.message.length > 0, 'a refusal says why');
  assert.doesNotMatch(
    error.message,
    /\[native code\]|\[object |undefined is not|is not a function|Cannot read prop|Maximum call stack/,
    'a refusal speaks of the input',
  );
};

/** The value; undefined where it was refused as documented. */
export const unlessRefused = <T>(work: () => T, ...names: readonly string[]): T | undefined => {
  try {
    return work();
  } catch (error) {
    isRefusal(error, ...names);
    return undefined;
  }
};

export const unlessRejected = async <T>(
  work: () => Promise<T>,
  ...names: readonly string[]
): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    isRefusal(error, ...names);
    return undefined;
  }
};
