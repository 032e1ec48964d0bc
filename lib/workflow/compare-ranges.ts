// Compares a task's ranges side by side; what turns out long is cut while places are idle, on both sides at the same key.
import pLimit from 'p-limit';
import type { Entry, Side } from '../compare/entry.ts';
import { classify, type Joined, keyOf, type Rules } from '../compare/findings.ts';
import { Disordered, joinListings } from '../compare/join.ts';
import { lastKeyOf } from '../compare/key.ts';
import { countFinding, countListed } from '../compare/statistics.ts';
import { IncompleteListing } from '../stores/errors.ts';
import { isOnAws } from '../stores/service-name.ts';
import type { Store } from '../stores/store.ts';
import { Cutting } from './cutting.ts';
import type { ListRun } from './list-run.ts';
import { type BothSides, foundIn, Segment } from './segments.ts';
import type { CountedPlaces, Places, StepContext } from './steps/context.ts';
import type { ToDo } from './task-document.ts';

export interface Sides {
  readonly source: Store;
  readonly destination: Store;
  readonly rules: Rules;
  /** As many as the requests allowed are worth. */
  readonly rangesAtOnce: number;
}

/** True when every range was read to its end; false when the invocation had to hand on. */
export const compareRanges = async (
  toDo: readonly ToDo[],
  run: ListRun,
  sides: Sides,
  { listPlaces, limits }: Pick<StepContext, 'listPlaces' | 'limits'>,
): Promise<boolean> => {
  const most = atMost(sides);
  const own = Number.isFinite(most) ? pLimit(most) : undefined;
  const turns: Places = own ? (work) => own(() => listPlaces(work)) : listPlaces;
  // Grows while it is waited for.
  const comparing: Promise<void>[] = [];
  const compare = (segment: Segment): void => {
    run.begin(segment);
    comparing.push(
      turns(async () => {
        if (run.handsOn || run.failure) return;
        await compareRange(segment, run, { ...sides, cutting }, useIdlePlaces).catch((error: unknown) =>
          run.fail(incomplete(error)),
        );
      }),
    );
  };
  const cutting = new Cutting({ nearPageMs: isWithinAws(sides) ? 0 : limits.nearPageMs, now: () => performance.now() });
  const pays = (): boolean => canBeCut(sides) && run.open < cutting.rangesAtOnce(run.open);
  const useIdlePlaces = (): void => {
    while (hasIdle(own ?? listPlaces) && hasIdle(listPlaces) && pays() && !run.handsOn && !run.failure) {
      const cutOff = run.cut();
      if (!cutOff) return;
      compare(cutOff);
    }
  };
  const watching = run.watch();
  try {
    for (const one of toDo) compare(new Segment(one));
    for (const one of comparing) await one;
    // A listing that broke: what was not committed yet is compared again when the step is tried again.
    if (run.failure) throw run.failure.error;
    // The last commit may have much content to read.
    await run.commit({ ending: true });
  } finally {
    watching.end();
  }
  return run.isDone;
};

/** Requests wait for each other gladly; walks of folders only share four threads, and hold their pages meanwhile. */
const atMost = ({ source, destination, rangesAtOnce }: Sides): number =>
  source.spec.type === 'folder' && destination.spec.type === 'folder' ? 1 : rangesAtOnce;

/** A folder is read whole however small the part that is wanted: cutting makes work there instead of sharing it. */
const canBeCut = ({ source, destination }: Sides): boolean =>
  source.spec.type !== 'folder' && destination.spec.type !== 'folder';

const hasIdle = ({ activeCount, pendingCount, concurrency }: CountedPlaces): boolean =>
  activeCount + pendingCount < concurrency;

/** It answers as fast, however much it is asked. */
const isWithinAws = ({ source, destination }: Sides): boolean => isOnAws(source.spec) && isOnAws(destination.spec);

interface Cut extends Sides {
  readonly cutting: Cutting;
}

const compareRange = async (segment: Segment, run: ListRun, sides: Cut, cut: () => void) => {
  const { listed } = segment;
  const joined = joinListings(entriesOf('source', segment, run, sides), entriesOf('destination', segment, run, sides));
  for await (const batch of joined) {
    const within = segment.within(batch);
    for (const one of within) look(one, segment, run, sides.rules);
    if (within.length > 0) {
      listed.reached(keyOf(within[0]!), keyOf(within.at(-1)!), within.length);
      run.splitter.learn(listed, within.length, (i) => keyOf(within[i]!));
      cut();
    }
    await run.makeRoom();
    if (run.handsOn || run.failure) return;
    if (within.length < batch.length) break;
    // It would stay in memory until the next one is there.
    batch.length = 0;
  }
  segment.complete();
};

async function* entriesOf(
  side: Side,
  segment: Segment,
  run: ListRun,
  { cutting, [side]: store }: Cut,
): AsyncGenerator<Entry[]> {
  if (segment.without.has(side)) return;
  let last = '';
  let asked = cutting.asks(run.open);
  // Its end may come down while it is listed.
  for await (const { entries, at, isLast } of store.list(segment.listed)) {
    if (side === 'source' && segment.listedAt === 0) segment.listedAt = at;
    run.splitter.count(segment.listed, entries.length);
    run.countPage(side);
    cutting.page(asked, entries.length);
    last = lastKeyOf(entries) ?? last;
    if (isLast) segment.endedAt.set(side, last);
    yield entries;
    asked = cutting.asks(run.open);
  }
  segment.endedAt.set(side, last);
}

/** No await in here: it runs once for every key. */
const look = (joined: Joined, segment: Segment, run: ListRun, rules: Rules): void => {
  countListed(run.statistics, joined);
  const judged = classify(joined, rules, segment.listedAt);
  if (judged === 'compareContent') {
    segment.takeUncompared(joined as BothSides);
    return;
  }
  countFinding(run.statistics, judged.finding, joined, judged.contentUnknown);
  run.remember(judged.finding, joined);
  switch (judged.finding) {
    case 'missingOnDestination':
    case 'different':
    case 'archived':
    case 'settling':
      segment.take(
        foundIn(joined.source!, judged.finding, {
          keyPattern: run.keyPattern,
          minAgeMs: rules.minAgeMs,
          listedAt: segment.listedAt,
        }),
      );
  }
};

/** A listing out of order says nothing about what is missing: for a run it is one that never reached its end. */
const incomplete = (error: unknown): unknown =>
  error instanceof Disordered ? new IncompleteListing(error.message, { cause: error }) : error;
