// Pages of listings, counted by side: what was asked of the stores while comparing.
import type { Side } from '../compare/entry.ts';

export type Pages = Readonly<Record<Side, number>>;

export const noPages = (): Record<Side, number> => ({ source: 0, destination: 0 });

export const addPages = (a: Pages = noPages(), b: Pages = noPages()): Pages => ({
  source: a.source + b.source,
  destination: a.destination + b.destination,
});
