// Where a run of the benchmarks keeps things: a folder that goes with it, and a cache for what is slow to build.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Places {
  readonly project: string;
  /** Emptied when the run ends. */
  readonly scratch: string;
  readonly cache: string;
}

export const openPlaces = async (): Promise<Places & AsyncDisposable> => {
  const scratch = await mkdtemp(join(tmpdir(), 'picferry-bench-'));
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'picferry-bench');
  await mkdir(cache, { recursive: true });
  return {
    ...{ project: join(import.meta.dirname, '../..'), scratch, cache },
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  };
};
