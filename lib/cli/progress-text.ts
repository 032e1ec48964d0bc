// Progress as one line: what it says and what it leaves out where the terminal is narrow. Pure.
import { sumOfOutcomes } from '../compare/outcomes.ts';
import { formatBytes, formatCount, formatDuration } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import type { MigrationProgress } from '../workflow/progress.ts';

/** What was done at a moment: two of them make a rate. */
export interface Sample {
  /** ms, from any clock that never goes back. */
  readonly at: number;
  readonly round: number;
  readonly count: number;
  readonly bytes: number;
}

/** Commits come every few seconds: a shorter window would show a rate of 0 between them. */
const WINDOW_MS = 15_000;

export const sampleOf = (progress: MigrationProgress, at: number): Sample => {
  const { count, bytes } = sumOfOutcomes(progress.outcomes);
  return { at, round: progress.round, count, bytes };
};

/** Keeps what the rate is made of: this round's samples, no older than the window. */
export const keepSamples = (samples: readonly Sample[], now: Sample): Sample[] => [
  ...samples.filter(({ at, round }) => round === now.round && at >= now.at - WINDOW_MS),
  now,
];

export interface Pace {
  readonly countPerSecond: number;
  readonly bytesPerSecond: number;
}

export const paceOf = (samples: readonly Sample[]): Pace | undefined => {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < 1_000 || last.count === first.count) return undefined;
  const seconds = (last.at - first.at) / 1_000;
  return {
    countPerSecond: (last.count - first.count) / seconds,
    bytesPerSecond: (last.bytes - first.bytes) / seconds,
  };
};

const PHASES = { planning: 'Planning', listing: 'Listing', copying: 'Copying', ended: 'Ended' } as const;

/** The more important, the lower its number: what goes last where there is no room. */
type Part = readonly [text: string, importance: number];

const partsOf = (progress: MigrationProgress, pace: Pace | undefined): Part[] => {
  const { phase, round, listed, missing, copyList, outcomes } = progress;
  const parts: Part[] = [[round > 1 ? `${PHASES[phase]} (round ${round})` : PHASES[phase], 0]];
  if (listed.source.count + listed.destination.count > 0) {
    parts.push([`listed ${formatCount(listed.source.count)} / ${formatCount(listed.destination.count)}`, 4]);
  }
  if (phase !== 'copying') {
    if (phase === 'listing') parts.push([`missing ${formatCount(missing.count)}`, 1]);
    return parts;
  }
  const tried = sumOfOutcomes(outcomes);
  const copied = outcomes.copied.count + outcomes.replaced.count;
  parts.push([`missing ${formatCount(missing.count)}`, 5]);
  parts.push([`copied ${formatCount(copied)} of ${formatCount(copyList.count)}`, 1]);
  parts.push([`${formatBytes(tried.bytes)} of ${formatBytes(copyList.bytes)}`, 3]);
  if (outcomes.failed.count > 0) parts.push([`${formatCount(outcomes.failed.count)} failed`, 1]);
  if (pace) {
    parts.push([`${formatBytes(pace.bytesPerSecond)}/s`, 2], [`${formatCount(Math.round(pace.countPerSecond))}/s`, 6]);
    parts.push([`${formatDuration(msLeft(progress, pace))} left`, 2]);
  }
  return parts;
};

/** By bytes where the copy list weighs anything; empty files are counted. */
const msLeft = ({ copyList, outcomes }: MigrationProgress, pace: Pace): number => {
  const tried = sumOfOutcomes(outcomes);
  return pace.bytesPerSecond > 0
    ? ((copyList.bytes - tried.bytes) / pace.bytesPerSecond) * 1_000
    : ((copyList.count - tried.count) / pace.countPerSecond) * 1_000;
};

const SEPARATOR = ' · ';

export const progressText = (
  progress: MigrationProgress,
  pace: Pace | undefined,
  width = Number.POSITIVE_INFINITY,
): string => {
  let parts = partsOf(progress, pace);
  const text = () => printable(parts.map(([one]) => one).join(SEPARATOR));
  while (text().length > width && parts.length > 1) {
    const least = Math.max(...parts.map(([, importance]) => importance));
    const dropped = parts.findLastIndex(([, importance]) => importance === least);
    parts = parts.filter((_, i) => i !== dropped);
  }
  return text().slice(0, width);
};
