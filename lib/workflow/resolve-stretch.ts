// The questions about a stretch that need a look at the stores: same content? which side is newer?
import pMap from 'p-map';
import { capturedAt } from '../compare/capture.ts';
import type { Entry } from '../compare/entry.ts';
import { judgeContent } from '../compare/findings.ts';
import { compareKeys } from '../compare/key.ts';
import { countFinding, type Statistics } from '../compare/statistics.ts';
import type { PictureFacts, Store } from '../stores/store.ts';
import type { OnDifferent } from './request.ts';
import type { BothSides, Found, Stretch } from './segments.ts';

/** A line to be written, with what its shard must know beside it. */
export interface CopyListEntry {
  readonly key: string;
  readonly size: number;
  /** ms. */
  readonly capturedAt: number;
}

export interface LeftLine {
  readonly key: string;
  readonly size: number;
  readonly finding: 'different' | 'archived' | 'settling';
}

export interface ResolvedStretch extends Pick<Stretch, 'of' | 'after' | 'upTo' | 'listedAt'> {
  readonly missing: readonly CopyListEntry[];
  readonly different: readonly CopyListEntry[];
  readonly left: readonly LeftLine[];
}

export interface Resolver {
  readonly source: Store;
  readonly destination: Store;
  readonly onDifferent: OnDifferent;
  readonly keyPattern: RegExp | undefined;
}

/** Looked at side by side: enough to hide latency, few enough for a disk. */
const LOOKS_AT_ONCE = 16;

/** Counts what only content could tell into `statistics`, and decides what goes on the copy list. */
export const resolveStretch = async (
  stretch: Stretch,
  statistics: Statistics,
  resolver: Resolver,
): Promise<ResolvedStretch> => {
  const unlike = await differByContent(stretch.uncompared, statistics, resolver);
  const different = [...stretch.found.filter(({ finding }) => finding === 'different'), ...unlike].sort((a, b) =>
    compareKeys(a.entry.key, b.entry.key),
  );
  const wanted = new Set(await pMapFilter(different, ({ entry }) => toBeReplaced(entry.key, resolver)));
  const left = [
    ...stretch.found.filter(({ finding }) => finding !== 'missingOnDestination' && finding !== 'different'),
  ];
  left.push(...different.filter((found) => !wanted.has(found)));
  const { of, after, upTo, listedAt } = stretch;
  return {
    ...{ of, after, upTo, listedAt },
    missing: stretch.found
      .filter(({ finding }) => finding === 'missingOnDestination')
      .map(({ entry }) => toEntry(entry, resolver)),
    different: different.filter((found) => wanted.has(found)).map(({ entry }) => toEntry(entry, resolver)),
    left: left.map(({ entry, finding }) => ({
      key: entry.key,
      size: entry.size,
      finding: finding as LeftLine['finding'],
    })),
  };
};

const toEntry = (entry: Entry, { keyPattern }: Resolver): CopyListEntry => ({
  key: entry.key,
  size: entry.size,
  capturedAt: capturedAt(entry, keyPattern),
});

const differByContent = async (
  pairs: readonly BothSides[],
  statistics: Statistics,
  { source, destination }: Resolver,
): Promise<Found[]> => {
  const looked = await pMap(
    pairs,
    async (both) => {
      const [ours, theirs] = await Promise.all([source.md5(both.source), destination.md5(both.destination)]);
      return { both, judged: judgeContent(ours, theirs) };
    },
    { concurrency: LOOKS_AT_ONCE },
  );
  const unlike: Found[] = [];
  for (const {
    both,
    judged: { finding, contentUnknown },
  } of looked) {
    countFinding(statistics, finding, both, contentUnknown);
    if (finding === 'different') unlike.push({ entry: both.source, finding });
  }
  return unlike;
};

const toBeReplaced = async (key: string, { source, destination, onDifferent }: Resolver): Promise<boolean> => {
  if (onDifferent !== 'newer') return onDifferent === 'overwrite';
  const [ours, theirs] = await Promise.all([source.facts(key), destination.facts(key)]);
  // Gone meanwhile on either side: Copy finds out, and loses nothing by looking.
  return !ours || !theirs || isLater(ours, theirs);
};

const isLater = (source: PictureFacts, destination: PictureFacts): boolean =>
  source.originalTime !== undefined && destination.originalTime !== undefined
    ? source.originalTime > destination.originalTime
    : source.modifiedAt > destination.modifiedAt;

const pMapFilter = async <T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> => {
  const kept = await pMap(items, keep, { concurrency: LOOKS_AT_ONCE });
  return items.filter((_, i) => kept[i]);
};
