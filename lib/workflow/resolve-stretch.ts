// The questions about a stretch that need a look at the stores: same content? which side is newer?
import pMap from 'p-map';
import { type Finding, judgeContent } from '../compare/findings.ts';
import { compareKeys } from '../compare/key.ts';
import type { KeyPattern } from '../compare/key-pattern.ts';
import { countFinding, type Statistics } from '../compare/statistics.ts';
import { isLater } from '../stores/newer.ts';
import type { Store } from '../stores/store.ts';
import type { OnDifferent } from './request.ts';
import { type BothSides, type Found, foundIn, type Stretch } from './segments.ts';

export interface ResolvedStretch extends Pick<Stretch, 'of' | 'order' | 'after' | 'upTo' | 'listedAt'> {
  readonly missing: readonly Found[];
  readonly different: readonly Found[];
  readonly left: readonly Found[];
  /** Of `left`: different ones that nobody asked to replace. */
  readonly kept: readonly Found[];
}

interface JudgedStretch extends ResolvedStretch {
  /** What only content could tell. */
  readonly byContent: readonly ByContent[];
  /** Pictures that both sides were asked about, one by one. */
  readonly looks: number;
}

interface ByContent {
  readonly both: BothSides;
  readonly finding: Finding;
  /** Both sides were asked once more before it was called different. */
  readonly isConfirmed: boolean;
}

export interface Resolver {
  readonly source: Store;
  readonly destination: Store;
  readonly onDifferent: OnDifferent;
  readonly keyPattern: KeyPattern | undefined;
  readonly minAgeMs: number;
}

/** What broke meanwhile: contents that nobody will hear of are not read. */
interface Broken {
  readonly failure?: { readonly error: unknown } | undefined;
}

/** Looked at side by side: enough to hide latency, few enough for a disk. */
const LOOKS_AT_ONCE = 16;

/** Counts what only content could tell into `statistics`, and decides what goes on the copy list. */
export const resolveStretch = async (
  stretch: Stretch,
  statistics: Statistics,
  resolver: Resolver,
  broken: Broken = {},
): Promise<JudgedStretch> => {
  const byContent = await compareContents(stretch, statistics, resolver, broken);
  const unlike = byContent.flatMap(({ found }) => found ?? []);
  const {
    missingOnDestination: missing = [],
    different: listed = [],
    archived = [],
    settling = [],
  } = Object.groupBy(stretch.found, ({ finding }) => finding);
  const different = [...listed, ...unlike].sort((a, b) => compareKeys(a.key, b.key));
  const wanted = await pMap(different, ({ key }) => toBeReplaced(key, resolver), { concurrency: LOOKS_AT_ONCE });
  const { of, order, after, upTo, listedAt } = stretch;
  return {
    ...{ of, order, after, upTo, listedAt, missing },
    // What a camera is writing anew in place is left for later: half of it would take the place of a whole picture.
    different: different.filter(({ tooYoung }, i) => wanted[i] && !tooYoung),
    left: [...archived, ...settling, ...different.filter(({ tooYoung }, i) => !wanted[i] || tooYoung)],
    kept: different.filter((_, i) => !wanted[i]),
    byContent,
    looks:
      byContent.filter(({ isConfirmed }) => isConfirmed).length +
      (resolver.onDifferent === 'newer' ? different.length : 0),
  };
};

const compareContents = async (
  { uncompared, listedAt }: Pick<Stretch, 'uncompared' | 'listedAt'>,
  statistics: Statistics,
  { source, destination, keyPattern, minAgeMs }: Resolver,
  broken: Broken,
): Promise<(ByContent & { readonly found?: Found })[]> => {
  const looked = await pMap(
    uncompared,
    async (both) => {
      if (broken.failure) throw broken.failure.error;
      const seen = await Promise.all([source.md5(both.source), destination.md5(both.destination)]);
      const judged = judgeContent(...seen);
      if (judged.finding !== 'different') return { both, judged, isConfirmed: false };
      const { key } = both.source;
      return {
        both,
        isConfirmed: true,
        judged: judgeContent(await confirmed(source, key, seen[0]), await confirmed(destination, key, seen[1])),
      };
    },
    { concurrency: LOOKS_AT_ONCE },
  );
  return looked.map(({ both, isConfirmed, judged: { finding, contentUnknown } }) => {
    countFinding(statistics, finding, both, contentUnknown);
    if (finding !== 'different') return { both, finding, isConfirmed };
    return { both, finding, isConfirmed, found: foundIn(both.source, finding, { keyPattern, minAgeMs, listedAt }) };
  });
};

/** No listing tells which objects KMS encrypted, whose ETags are no MD5s: before two are called different, a HEAD does. */
const confirmed = async (store: Store, key: string, md5: string | undefined): Promise<string | undefined> =>
  store.spec.type === 's3' ? (await store.facts(key))?.md5 : md5;

const toBeReplaced = async (key: string, { source, destination, onDifferent }: Resolver): Promise<boolean> => {
  if (onDifferent !== 'newer') return onDifferent === 'overwrite';
  const [ours, theirs] = await Promise.all([source.facts(key), destination.facts(key)]);
  // Gone meanwhile on either side: Copy finds out, and loses nothing by looking.
  return !ours || !theirs || isLater(ours, theirs);
};
