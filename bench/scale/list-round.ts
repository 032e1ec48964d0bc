// A whole List: each kind of task once, tasks alike by their make, the largest by a part of it; their documents as Summarise finds them.
import {
  addStatistics,
  type CompactStatistics,
  fromCompact,
  newStatistics,
  toCompact,
} from '../../lib/compare/statistics.ts';
import type { Limits } from '../../lib/workflow/limits.ts';
import { gzipLines } from '../../lib/workflow/lines.ts';
import { shardsInDocument } from '../../lib/workflow/list-run.ts';
import { shardListPath, shardPath } from '../../lib/workflow/paths.ts';
import type { PlanTask, ShardRef } from '../../lib/workflow/payloads.ts';
import { taskSk } from '../../lib/workflow/record.ts';
import type { RangeFigures, TaskDocument } from '../../lib/workflow/task-document.ts';
import { countUpTo } from '../synthetic/shapes.ts';
import { PICTURE_BYTES } from './assumptions.ts';
import type { Layout } from './layouts.ts';
import { type ListedTask, listTask, type TaskPlace } from './list-child.ts';
import type { Child } from './map-run.ts';
import { itemBytes, type PaperHost } from './paper-host.ts';

/** A task of more is listed on paper by every so manyth camera (or hash), and taken so many times. */
const EXACT_KEYS = 100_000_000;
const INVOCATION_MS = 870_000;

export interface ListedRound {
  readonly children: readonly Child[];
  readonly lists: number;
  /** Of the one side that is listed more, in the busiest task. */
  readonly listsPerSecond: number;
}

interface Kind {
  readonly listed: ListedTask;
  readonly times: number;
}

export const listRound = async (
  tasks: readonly PlanTask[],
  layout: Layout,
  limits: Limits,
  halfMissing: boolean,
  place: TaskPlace,
  host: PaperHost,
): Promise<ListedRound> => {
  const gzipBytesPerLine = await gzipBytesOf(layout, limits);
  const kinds = new Map<string, Kind>();
  const children: Child[] = [];
  let lists = 0;
  let listsPerSecond = 0;
  for (const task of tasks) {
    const { name, from, to } = kindOf(task, layout);
    let kind = kinds.get(name);
    if (kind === undefined) {
      const times = Math.max(1, Math.ceil((to - from) / EXACT_KEYS));
      const its = times === 1 ? layout : layout.thinned(times, from, to);
      const listed = listTask(task, its, limits, { halfMissing, gzipBytesPerLine }, place);
      kind = { listed, times };
      kinds.set(name, kind);
    }
    children.push(childOf(kind, keep(task, kind, place, host)));
    const { invocations } = kind.listed;
    const source = invocations.reduce((sum, { sourcePages }) => sum + sourcePages, 0);
    const destination = invocations.reduce((sum, { destinationPages }) => sum + destinationPages, 0);
    lists += (source + destination) * kind.times;
    const seconds = invocations.reduce((sum, { ms }) => sum + ms, 0) / 1_000;
    listsPerSecond = Math.max(listsPerSecond, Math.max(source, destination) / seconds);
  }
  return { children, lists, listsPerSecond };
};

/** Tasks are alike where their ranges hold as many keys, spelled alike, from the same place of a day on. */
const kindOf = ({ ranges }: PlanTask, layout: Layout) => {
  const starts = ranges.map(({ after }) => countUpTo(layout, after));
  const ends = ranges.map(({ upTo }) => (upTo === null ? layout.count : countUpTo(layout, upTo)));
  const counts = ends.map((end, i) => end - starts[i]!);
  return { name: `${starts[0]! % 2} ${counts.join(' ')}`, from: starts[0]!, to: ends.at(-1)! };
};

const gzipBytesOf = async (layout: Layout, { shardEntries }: Limits): Promise<number> => {
  const count = Math.min(shardEntries, Math.floor(layout.count / 2));
  const keys = Array.from({ length: count }, (_, i) => layout.keyAt(2 * i + 1));
  // Sizes of real pictures differ from one to the next.
  const body = await gzipLines(keys, (key) => ({ key, size: PICTURE_BYTES + ((key.length * 7_919) % 999_983) }));
  return body.length / count;
};

const childOf = ({ listed, times }: Kind, biggestItemBytes: number): Child => {
  const ms = listed.invocations.map((one) => one.ms);
  const allMs = ms.reduce((sum, one) => sum + one, 0) * times;
  const whole = Math.floor(allMs / INVOCATION_MS);
  return {
    // What is taken several times goes on where it was handed on.
    invocationsMs: times === 1 ? ms : [...Array<number>(whole).fill(INVOCATION_MS), allMs - whole * INVOCATION_MS],
    writeUnits: listed.writeUnits * times,
    biggestItemBytes,
    copyWritesPerSecond: 0,
  };
};

/**
 * What Summarise will find: documents with the task's own index, and lists that hold their earlier shards. Answers how large such a
 * document became: just before its last list was written.
 */
const keep = (task: PlanTask, { listed, times }: Kind, { id, round }: TaskPlace, host: PaperHost): number => {
  const { document } = listed;
  const { pages = { source: 0, destination: 0 } } = document;
  const attempt = 'attempt-00';
  const all: ShardRef[] = [];
  for (let time = 0; time < times; time++) {
    for (const shard of listed.shards) {
      const sequence = shard.sequence + time * document.commit * 1e6;
      const path = shardPath(id, round, task.index, attempt, sequence);
      all.push({ ...shard, path, sequence });
      host.lists.set(path, shard.gzipBytes);
    }
  }
  const inDocument = document.shards.length;
  const earlier = all.slice(0, all.length - inDocument);
  const shardLists: string[] = [];
  for (let from = 0; from < earlier.length; ) {
    const path = shardListPath(id, round, task.index, attempt, from);
    const its = earlier.slice(from, from + shardsInDocument(shardLists.length));
    host.bodies.set(path, Buffer.from(JSON.stringify(its)));
    shardLists.push(path);
    from += its.length;
  }
  const kept: TaskDocument = {
    ...document,
    ...{ sk: taskSk(round, task.index), shards: all.slice(all.length - inDocument), shardLists },
    statistics: timesOver(document.statistics, times),
    pages: { source: pages.source * times, destination: pages.destination * times },
    ranges: document.ranges.map((figures) => figuresTimes(figures, times)),
  };
  host.documents.set(`${kept.pk} ${kept.sk}`, kept);
  if (times === 1) return listed.biggestItemBytes;
  return itemBytes({ ...kept, shards: all.slice(-shardsInDocument(shardLists.length)) });
};

const timesOver = (compact: CompactStatistics, times: number): CompactStatistics => {
  const one = fromCompact(compact);
  let sum = newStatistics();
  for (let time = 0; time < times; time++) sum = addStatistics(sum, one);
  return toCompact(sum);
};

const figuresTimes = ({ copyList, remaining }: RangeFigures, times: number): RangeFigures => {
  const over = ({ count, bytes }: RangeFigures['copyList']) => ({ count: count * times, bytes: bytes * times });
  return { copyList: over(copyList), remaining: over(remaining) };
};
