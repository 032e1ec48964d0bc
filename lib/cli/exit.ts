// What the exit code says, in one place: scripts depend on it.

import type { Result } from '../report/result.ts';
import { standingOf } from '../report/standing.ts';
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

export const exitOf = (mode: Mode, result: Result): number => {
  const standing = standingOf(mode, result);
  if (standing === 'fine') return EXIT.fine;
  return standing === 'left' ? EXIT.somethingLeft : EXIT.broken;
};
