// Limits under which seven pictures make several shards, parts and commits: the same in killed processes and in the tests.
import type { Limits } from '../../../lib/workflow/limits.ts';

export const SMALL = { shardEntries: 2, maxCopyItems: 10, rangesPerTask: 2 } satisfies Partial<Limits>;
export const SMALL_PART_BYTES = 100_000;
