// A child of List from its first invocation to its last: commits with documents of their real shape and size.
import { addStatistics, newStatistics, type Statistics, toCompact } from '../../lib/compare/statistics.ts';
import type { Limits } from '../../lib/workflow/limits.ts';
import { shardsInDocument } from '../../lib/workflow/list-run.ts';
import { shardListPath, shardPath } from '../../lib/workflow/paths.ts';
import type { PlanTask, ShardRef } from '../../lib/workflow/payloads.ts';
import { addFigures } from '../../lib/workflow/range-figures.ts';
import { migrationPk, taskSk } from '../../lib/workflow/record.ts';
import type { ResolvedStretch } from '../../lib/workflow/resolve-stretch.ts';
import { freshTask, type TaskDocument } from '../../lib/workflow/task-document.ts';
import { neighbours } from '../../lib/workflow/write-shards.ts';
import { FILE_BYTES_PER_MS, FILE_WRITE_MS, PICTURE_BYTES, RECORD_MS } from './assumptions.ts';
import type { Layout } from './layouts.ts';
import { type Counted, type Listing, listOnce, type Piece } from './list-invocation.ts';
import { itemBytes, writeUnits } from './paper-host.ts';

export interface ListedTask {
  readonly document: TaskDocument;
  readonly shards: readonly ShardRef[];
  readonly invocations: readonly Counted[];
  readonly writeUnits: number;
  readonly biggestItemBytes: number;
  readonly files: number;
}

export interface TaskPlace {
  readonly id: string;
  readonly round: number;
}

const ATTEMPT = 'attempt-00';

/** `gzipBytesPerLine`: of this layout's lines, measured. */
export const listTask = (
  task: PlanTask,
  layout: Layout,
  limits: Limits,
  { halfMissing, gzipBytesPerLine }: { readonly halfMissing: boolean; readonly gzipBytesPerLine: number },
  { id, round }: TaskPlace,
): ListedTask => {
  const fresh = { pk: migrationPk(id), sk: taskSk(round, task.index), commit: 0, openUntil: 0, done: false };
  let document = { ...freshTask(task), ...fresh } as TaskDocument;
  const shards: ShardRef[] = [];
  const sums = { writeUnits: 0, biggestItemBytes: 0, files: 0 };
  let statistics = newStatistics();
  const invocations: Counted[] = [];

  const write = (changes: Partial<TaskDocument>): number => {
    document = { ...document, ...changes, commit: document.commit + 1 };
    const bytes = itemBytes(document);
    sums.writeUnits += writeUnits(bytes);
    sums.biggestItemBytes = Math.max(sums.biggestItemBytes, bytes);
    return 2 * RECORD_MS;
  };
  const written = (bytes: number): number => {
    sums.files++;
    return FILE_WRITE_MS + bytes / FILE_BYTES_PER_MS;
  };
  const commit: Listing['commit'] = (pieces, ended, sofar) => {
    const cut = pieces.map((piece) => resolved(piece, layout));
    for (const { keys, stretch } of cut)
      statistics = addStatistics(statistics, statisticsOf(keys, stretch.missing.length));
    let ms = 0;
    let file = 0;
    const added: ShardRef[] = [];
    const spans = new Map(cut.map(({ stretch, from, to }) => [stretch, [from, to] as const]));
    for (const group of neighbours(cut.map(({ stretch }) => stretch))) {
      let left = group.reduce((sum, { missing }) => sum + missing.length, 0);
      const times = group.flatMap((stretch) => spans.get(stretch)!.map((at) => layout.capturedAt(at)));
      for (; left > 0; left -= limits.shardEntries) {
        const count = Math.min(left, limits.shardEntries);
        const gzipBytes = Math.round(count * gzipBytesPerLine);
        const sequence = document.commit * 1e6 + file++;
        ms += written(gzipBytes);
        added.push({
          ...{ path: shardPath(id, round, task.index, ATTEMPT, sequence), finding: 'missingOnDestination' },
          ...{ count, bytes: count * PICTURE_BYTES, newest: Math.max(...times), oldest: Math.min(...times) },
          ...{ listedAt: group[0]!.listedAt, gzipBytes, range: group[0]!.order, sequence },
        });
      }
    }
    shards.push(...added);
    const together = [...document.shards, ...added];
    const isFull = together.length > shardsInDocument(document.shardLists.length);
    if (isFull) ms += written(JSON.stringify(together).length);
    const path = shardListPath(id, round, task.index, ATTEMPT, document.commit);
    const remaining = pieces.flatMap(({ segment }) => segment.toDo ?? []);
    return (
      ms +
      write({
        shards: isFull ? [] : together,
        ...(isFull ? { shardLists: [...document.shardLists, path] } : {}),
        remaining,
        done: remaining.length === 0,
        openUntil: ended ? 0 : Date.UTC(2026, 10, 1),
        statistics: toCompact(statistics),
        ranges: addFigures(
          document.ranges,
          cut.map(({ stretch }) => stretch),
        ),
        listedAt: Date.UTC(2026, 10, 1),
        examples: examplesOf(layout),
        pages: pagesOf([...invocations, sofar]),
      })
    );
  };

  const listing: Listing = { layout, limits, halfMissing, ranges: task.ranges.length, commit };
  while (!document.done) {
    write({ openUntil: Date.UTC(2026, 10, 1) });
    invocations.push(listOnce(document.remaining, listing));
  }
  return { document, shards, invocations, ...sums };
};

const pagesOf = (counted: readonly Counted[]) => ({
  source: counted.reduce((sum, { sourcePages }) => sum + sourcePages, 0),
  destination: counted.reduce((sum, { destinationPages }) => sum + destinationPages, 0),
});

/** What the real resolveStretch makes of a stretch where nothing differs; and which keys it had. */
const resolved = (piece: Piece, layout: Layout) => {
  const { found, of, order, after, upTo, listedAt } = piece.segment.cut();
  const stretch: ResolvedStretch = {
    ...{ of, order, after, upTo, listedAt },
    ...{ missing: found, different: [], left: [], kept: [] },
  };
  const from = Math.min(piece.from, layout.count - 1);
  const keys = piece.at - piece.from;
  piece.from = piece.at;
  return { stretch, keys, from, to: Math.max(from, piece.at - 1) };
};

const statisticsOf = (keys: number, missing: number): Statistics => {
  const statistics = newStatistics();
  const fill = (tally: { count: number; bytes: number }, count: number): void => {
    tally.count = count;
    tally.bytes = count * PICTURE_BYTES;
  };
  fill(statistics.listed.source, keys);
  fill(statistics.listed.destination, keys - missing);
  fill(statistics.findings.shared.source.jpg, keys - missing);
  fill(statistics.findings.shared.destination.jpg, keys - missing);
  fill(statistics.findings.missingOnDestination.source.jpg, missing);
  return statistics;
};

const examplesOf = (layout: Layout): Record<string, string[]> => {
  const keys = Array.from({ length: Math.min(5, layout.count) }, (_, i) => layout.keyAt(i));
  return { shared: keys, missingOnDestination: keys };
};
