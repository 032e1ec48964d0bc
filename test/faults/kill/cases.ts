// Runs cases two at a time, each in a world of its own, and tells of those that went wrong how to have them again.

import assert from 'node:assert/strict';
import type { Cleanup } from '../../support/cleanup.ts';
import { wordsFrom } from '../cameras/random.ts';
import type { NamedPoint } from './killed.ts';

/** Every call at every moment, with `PICFERRY_FAULTS=all`; else so many of them, always the same ones. */
export const chosen = <T>(all: readonly T[], count: number): readonly T[] => {
  if (process.env.PICFERRY_FAULTS === 'all' || all.length <= count) return all;
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
};

/**
 * After what others can see: a commit, a file that got its name, anything on the destination. Before a call everything is
 * as after the one before it, since one call follows the other here.
 */
export const isSeen = ({ call, moment }: NamedPoint): boolean =>
  moment !== 'before' && (/^(sqlite COMMIT|rename|PUT|POST|DELETE)/.test(call) || /^\w+ new\//.test(call));

const AT_ONCE = 2;
const SHOWN = 5;

export const eachCase = async <T>(
  cases: readonly T[],
  prove: (one: T, index: number, context: Cleanup) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<number> => {
  const wrong: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < cases.length; index = next++) {
      const cleanups: (() => Promise<void>)[] = [];
      try {
        await prove(cases[index] as T, index, { after: (fn) => cleanups.push(fn) });
      } catch (error) {
        wrong.push(`case ${index}, ${JSON.stringify(cases[index])}: ${(error as Error).stack}`);
      } finally {
        for (const cleanup of cleanups.reverse()) await cleanup();
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  assert.equal(wrong.length, 0, `${wrong.length} of ${cases.length} went wrong\n${wrong.slice(0, SHOWN).join('\n\n')}`);
  return cases.length;
};

/** The same numbers below `below` for the same seed. */
export const numbersFrom = (seed: number): ((below: number) => number) => {
  const word = wordsFrom(seed);
  return (below) => word() % below;
};
