// How a migration stands, in one word: what exit codes and the page's colours go by.
import type { Report } from './report.ts';
import type { Result } from './result.ts';

/** `fine`: nothing is left to copy, wait for or decide about. `left`: something is, or nobody knows. */
export type Standing = 'fine' | 'left' | 'failed' | 'cancelled' | 'running' | 'stopping';

/** What somebody has to copy, wait for or decide about. `missingOnSource` is shown and not judged. */
const JUDGED_BY_CHECK = ['missingOnDestination', 'archived', 'settling', 'different'] as const;

/** Judged by the very figures that `--json` prints. An unknown figure is never a good one. */
export const standingOf = (mode: Report['mode'], result: Result): Standing => {
  if (result.status !== 'done') return result.status;
  const fine =
    mode === 'check'
      ? JUDGED_BY_CHECK.every((finding) => result.findings[finding].source.count === 0)
      : result.remaining.count === 0 && result.outcomes.failed.count === 0 && result.outcomes.notTried.count === 0;
  return fine ? 'fine' : 'left';
};
