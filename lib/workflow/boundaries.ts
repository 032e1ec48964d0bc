// Where the key space may be cut: prefixes that either side has, looked for level by level until there are enough.
import { compareKeys } from '../compare/key.ts';
import type { Range } from '../compare/range.ts';
import { mergedInto, rangesFromBoundaries } from '../compare/split.ts';
import type { Store } from '../stores/store.ts';
import type { Limits } from './limits.ts';
import { noPages, type Pages } from './pages.ts';
import type { StepContext } from './steps/context.ts';

type Lookable = Pick<Store, 'prefixesBelow'>;

export interface Discovering extends Pick<StepContext, 'limits' | 'listPlaces'> {
  /** Throws once the migration was asked to stop. */
  goOn(): Promise<unknown>;
}

/**
 * Prefixes of both sides, deepest ones only: a range reaches from one boundary to the next, so pictures lying
 * loose beside folders are in the range before, whatever was discovered.
 */
export const discoverBoundaries = async (
  source: Lookable,
  destination: Lookable,
  context: Discovering,
): Promise<Found> => {
  const budget = Math.floor(context.limits.planRequests / 2);
  const [ofSource, ofDestination] = await Promise.all([
    leafPrefixes(source, budget, context),
    leafPrefixes(destination, budget, context),
  ]);
  const boundaries = [...new Set([...ofSource.boundaries, ...ofDestination.boundaries])].sort(compareKeys);
  return { boundaries, requests: { source: ofSource.requests, destination: ofDestination.requests } };
};

/**
 * A level is looked for as a whole, and may bring a hundred times what was wanted: then each range takes so many neighbours. Nobody knows how
 * many pictures they hold; small ranges and tasks have their price whatever is in them, long ones are cut while they are listed.
 */
export const rangesAt = (boundaries: readonly string[], { planRangesWanted }: Limits): readonly Range[] =>
  mergedInto(2 * planRangesWanted, rangesFromBoundaries(boundaries));

export interface Found {
  readonly boundaries: readonly string[];
  readonly requests: Pages;
}

export const NOTHING_FOUND: Found = { boundaries: [], requests: noPages() };

interface Leaves {
  readonly boundaries: readonly string[];
  readonly requests: number;
}

const leafPrefixes = async (store: Lookable, budget: number, context: Discovering): Promise<Leaves> => {
  const leaves: string[] = [];
  let left = budget;
  let level = [''];
  const { planDepth, planRangesWanted } = context.limits;
  for (let depth = 0; depth < planDepth && level.length > 0; depth++) {
    // Enough to share out: what lies in them is cut while it is listed.
    if (leaves.length + level.length >= planRangesWanted) break;
    const affordable = level.slice(0, Math.max(0, left));
    leaves.push(...level.slice(affordable.length));
    // A level's prefixes share what is left: the first of all may ask for everything.
    const each = Math.floor(left / Math.max(1, affordable.length));
    const below = await Promise.all(
      affordable.map((prefix) =>
        context.listPlaces(async () => {
          await context.goOn();
          return store.prefixesBelow(prefix, each);
        }),
      ),
    );
    left -= below.reduce((sum, { requests }) => sum + requests, 0);
    leaves.push(...affordable.filter((prefix, i) => prefix !== '' && below[i]?.prefixes.length === 0));
    level = below.flatMap(({ prefixes }) => prefixes);
  }
  // No budget or no depth at all: then everything is one range.
  return { boundaries: [...leaves, ...level].filter((prefix) => prefix !== ''), requests: budget - left };
};
