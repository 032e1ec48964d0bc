// What the exit code says, in one place: scripts depend on it.

import type { Result } from '../report/result.ts';
import type { Mode } from '../workflow/request.ts';

export const EXIT = {
  fine: 0,
  /** A check found something, or a sync left something. */
  somethingLeft: 1,
  /** Usage, a refused request, an unknown id: nothing started. */
  refused: 2,
  /** The migration ended `failed` or `cancelled`, or the pair is busy. */
  broken: 3,
  /** A second Ctrl-C, as shells count signals. */
  interrupted: 130,
} as const;

/** What somebody has to copy, wait for or decide about. `missingOnSource` is shown and not judged. */
const JUDGED_BY_CHECK = ['missingOnDestination', 'archived', 'settling', 'different'] as const;

/** Judged by the very figures that `--json` prints. An unknown figure is never a good one. */
export const exitOf = (mode: Mode, result: Result): number => {
  if (result.status !== 'done') return EXIT.broken;
  const fine =
    mode === 'check'
      ? JUDGED_BY_CHECK.every((finding) => result.findings[finding].source.count === 0)
      : result.remaining.count === 0 && result.outcomes.failed.count === 0 && result.outcomes.notTried.count === 0;
  return fine ? EXIT.fine : EXIT.somethingLeft;
};
