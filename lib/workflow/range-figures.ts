// Adds what was found in stretches of a task's ranges to the figures of each range.
import { type Amount, minus, NOTHING, plus } from '../compare/entry.ts';
import type { ResolvedStretch } from './resolve-stretch.ts';
import type { RangeFigures } from './task-document.ts';

const amountOf = (entries: readonly { readonly size: number }[]): Amount => ({
  count: entries.length,
  bytes: entries.reduce((sum, { size }) => sum + size, 0),
});

export const addFigures = (before: readonly RangeFigures[], stretches: readonly ResolvedStretch[]): RangeFigures[] => {
  const sums = [...before];
  for (const { of, missing, different, left, kept } of stretches) {
    const copyList = plus(amountOf(missing), amountOf(different));
    const keptHere = amountOf(kept);
    const waiting = minus(amountOf(left), keptHere);
    const sum = sums[of] ?? { copyList: NOTHING, remaining: NOTHING };
    sums[of] = {
      copyList: plus(sum.copyList, copyList),
      remaining: plus(sum.remaining, plus(copyList, waiting)),
      kept: plus(sum.kept ?? NOTHING, keptHere),
    };
  }
  return sums;
};
