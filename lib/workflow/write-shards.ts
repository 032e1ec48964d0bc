// Writes what a commit will name: shards of the copy list and lists of what was left.
import { compareKeys } from '../compare/key.ts';
import { gzipLines } from './lines.ts';
import { leftPath, shardPath } from './paths.ts';
import type { ShardRef } from './payloads.ts';
import type { ResolvedStretch } from './resolve-stretch.ts';
import type { Found } from './segments.ts';
import type { StepContext } from './steps/context.ts';

export interface Written {
  readonly shards: readonly ShardRef[];
  readonly left: readonly string[];
}

export interface ShardPlace {
  readonly migrationId: string;
  readonly round: number;
  readonly task: number;
  /** Of this commit: grows over the task's whole life. */
  readonly sequence: number;
}

/** Neighbouring stretches share shards, so that many small ranges do not make many small files. */
export const writeShards = async (
  stretches: readonly ResolvedStretch[],
  place: ShardPlace,
  context: StepContext,
): Promise<Written> => {
  const { shardEntries } = context.limits;
  const shards: ShardRef[] = [];
  let file = 0;
  const write = async (group: readonly ResolvedStretch[], finding: ShardRef['finding']) => {
    const entries = group.flatMap((stretch) => (finding === 'different' ? stretch.different : stretch.missing));
    for (let from = 0; from < entries.length; from += shardEntries) {
      const part = entries.slice(from, from + shardEntries);
      const path = shardPath(place.migrationId, place.round, place.task, context.attempt, place.sequence * 1e6 + file);
      const body = await gzipLines(part, ({ key, size }) => ({ key, size }));
      await context.files.write(path, body);
      shards.push({
        ...{ path, finding },
        ...figuresOf(part),
        listedAt: listedAtOf(group),
        gzipBytes: body.length,
        range: group[0]!.order,
        sequence: place.sequence * 1e6 + file++,
      });
    }
  };
  for (const group of neighbours(stretches)) {
    await write(group, 'missingOnDestination');
    await write(group, 'different');
  }
  return { shards, left: await writeLeft(stretches, place, context) };
};

/** The condition of every copy: with a stretch in between whose listing has not begun, it would refuse them all. */
const listedAtOf = (group: readonly ResolvedStretch[]): number => {
  const listedAt = Math.min(...group.map((stretch) => stretch.listedAt).filter((at) => at > 0));
  if (!Number.isFinite(listedAt)) throw new Error('A shard cannot be written before its listing has begun.');
  return listedAt;
};

const figuresOf = (entries: readonly Found[]) => {
  let bytes = 0;
  let newest = Number.NEGATIVE_INFINITY;
  let oldest = Number.POSITIVE_INFINITY;
  for (const { size, capturedAt } of entries) {
    bytes += size;
    newest = Math.max(newest, capturedAt);
    oldest = Math.min(oldest, capturedAt);
  }
  return { count: entries.length, bytes, newest, oldest };
};

/** Runs of stretches between which no key is still to be looked at: their lists join in key order. */
export const neighbours = (stretches: readonly ResolvedStretch[]): ResolvedStretch[][] => {
  const groups: ResolvedStretch[][] = [];
  for (const stretch of [...stretches].sort((a, b) => compareKeys(a.after ?? '', b.after ?? ''))) {
    const last = groups.at(-1);
    if (last && last.at(-1)!.upTo === stretch.after) last.push(stretch);
    else groups.push([stretch]);
  }
  return groups;
};

const writeLeft = async (
  stretches: readonly ResolvedStretch[],
  { migrationId, round, task, sequence }: ShardPlace,
  context: StepContext,
): Promise<string[]> => {
  const lines = stretches.flatMap(({ left }) => left);
  if (lines.length === 0) return [];
  const path = leftPath(migrationId, round, task, context.attempt, sequence);
  await context.files.write(path, await gzipLines(lines, ({ key, size, finding }) => ({ key, size, finding })));
  return [path];
};
