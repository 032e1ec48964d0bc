// How the key space is cut into ranges, and ranges are put into tasks.
import { compareKeys } from './key.ts';
import type { Range } from './range.ts';

/** Covers every key exactly once; a boundary is the last key of its range. Boundaries ascend and none is empty. */
export function rangesFromBoundaries(boundaries: readonly string[]): Range[] {
  const ranges: Range[] = [];
  let after = '';
  for (const upTo of boundaries) {
    if (compareKeys(after, upTo) >= 0) {
      throw new RangeError(`boundary ${JSON.stringify(upTo)} does not come after ${JSON.stringify(after)}`);
    }
    ranges.push({ after, upTo });
    after = upTo;
  }
  ranges.push({ after, upTo: null });
  return ranges;
}

export interface Grouping {
  /** Groups at most. */
  readonly tasks: number;
  /** Ranges in a group at most, as far as neighbours can be merged. */
  readonly rangesPerTask: number;
}

/**
 * Contiguous groups in order, as many as there may be and as even as can be. Where there are too many ranges, neighbours become one;
 * ranges with a gap between them stay apart (what lies there is not asked for), even if a group gets longer by it.
 */
export function groupRanges(ranges: readonly Range[], { tasks, rangesPerTask }: Grouping): Range[][] {
  const fitting = mergedInto(tasks * rangesPerTask, ranges);
  return chunks(fitting, Math.min(tasks, fitting.length));
}

/** At most so many, as far as neighbours can be merged: as many of them in each as can be. */
export const mergedInto = (most: number, ranges: readonly Range[]): readonly Range[] =>
  ranges.length <= most ? ranges : chunks(ranges, most).flatMap(mergeNeighbours);

/** Cuts into `count` contiguous parts whose lengths differ by at most one. */
function chunks<Item>(items: readonly Item[], count: number): Item[][] {
  const start = (part: number) => Math.floor((part * items.length) / count);
  return Array.from({ length: count }, (_, part) => items.slice(start(part), start(part + 1)));
}

function mergeNeighbours(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && last.upTo === range.after) merged.splice(-1, 1, { after: last.after, upTo: range.upTo });
    else merged.push(range);
  }
  return merged;
}
