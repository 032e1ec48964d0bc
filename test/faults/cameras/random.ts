// Chance that repeats itself: the same seed gives the same cameras, faults and moments.

export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
  bytes(count: number): Buffer;
  /** A row of its own, which does not depend on how often this one was asked. */
  branch(name: string): Random;
}

/** Whole numbers below 2^32 (mulberry32): 32 bits of state are plenty for choosing. */
export const wordsFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
};

export const seeded = (seed: number): Random => {
  const word = wordsFrom(seed);
  const next = (): number => word() / 2 ** 32;
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    pick: (from) => from[between(0, from.length - 1)] as (typeof from)[number],
    bytes: (count) => {
      const bytes = Buffer.allocUnsafe(count);
      for (let at = 0; at < count; at++) bytes[at] = between(0, 255);
      return bytes;
    },
    branch: (name) => seeded([...name].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), seed)),
  };
};
