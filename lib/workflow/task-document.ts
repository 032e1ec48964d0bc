// What a List task has committed: figures, what is left to do, and which shards exist.

import { type Amount, NOTHING } from '../compare/entry.ts';
import type { Range } from '../compare/range.ts';
import { type CompactStatistics, newStatistics, toCompact } from '../compare/statistics.ts';
import type { Committed, Examples } from './invocation.ts';
import type { Pages } from './pages.ts';
import type { PlanTask, ShardRef } from './payloads.ts';
import type { Place } from './place.ts';
import { readShardRefs } from './plan-files.ts';
import type { ReportFiles } from './ports.ts';

/** A stretch still to be compared, and which of the task's ranges it belongs to. */
export interface ToDo {
  readonly of: number;
  readonly range: Range;
  /** Absent: all of the range's. */
  readonly place?: Place;
}

/** The figures of one of the task's ranges. */
export interface RangeFigures {
  readonly copyList: Amount;
  readonly remaining: Amount;
  /** Different, and not to be replaced. */
  readonly kept?: Amount;
}

export interface TaskDocument extends Committed {
  readonly remaining: readonly ToDo[];
  readonly statistics: CompactStatistics;
  readonly ranges: readonly RangeFigures[];
  readonly shards: readonly ShardRef[];
  /** Files that hold earlier shards, so that this document stays small. */
  readonly shardLists: readonly string[];
  readonly left: readonly string[];
  /** When the oldest of its listings began, ms; 0: none yet. */
  readonly listedAt: number;
  readonly examples: Examples;
  /** Pages that were read, by side. An older document does not say. */
  readonly pages?: Pages;
  /** Pictures that were looked at on both sides, one by one. */
  readonly looks?: number;
}

export const freshTask = (task: PlanTask): Omit<TaskDocument, keyof Committed> => ({
  remaining: task.ranges.map((range, of) => ({ of, range })),
  statistics: toCompact(newStatistics()),
  ranges: task.ranges.map(() => ({ copyList: NOTHING, remaining: NOTHING })),
  shards: [],
  shardLists: [],
  left: [],
  listedAt: 0,
  examples: {},
});

/** All shards of a task, in key order. */
export const shardsOf = async (task: TaskDocument, files: ReportFiles): Promise<ShardRef[]> => {
  const earlier = await Promise.all(task.shardLists.map((path) => readShardRefs(files, path)));
  return [...earlier.flat(), ...task.shards].sort((a, b) => a.range - b.range || a.sequence - b.sequence);
};
