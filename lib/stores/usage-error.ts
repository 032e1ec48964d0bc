// The error of a request that is refused before anything happens.

/** What was asked for cannot be meant: nothing is started, and the message says how to go on (exit 2). */
export class UsageError extends Error {
  override name = 'UsageError';
}
