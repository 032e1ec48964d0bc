// How long a request waits before it is sent again.

const LONGEST_DELAY_MS = 10_000;

/**
 * Full jitter: anything up to a bound that doubles with every attempt (the first is 1), so that what failed together does not come
 * back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/, March 2015). ms.
 */
export const retryDelay = (attempt: number, firstMs: number, random: () => number = Math.random): number =>
  random() * Math.min(LONGEST_DELAY_MS, firstMs * 2 ** (attempt - 1));
