// Every bug that random cases found, as the smallest case that shows it: replayed first, for ever.
import { type Case, YEAR } from './case.ts';

export interface Found {
  readonly wrong: string;
  readonly cases: readonly Case[];
}

/** What all of them have in common. */
const PLAIN: Case = {
  ...{ stores: 'folder → folder', createOnly: 'native', pageSize: 1_000, places: [], mode: 'sync' },
  ...{ options: {}, limits: {}, atOnce: 1, deployed: false, faults: [] },
};
const old = { bytes: 3, content: 'a', ageMs: 3 * YEAR } as const;

export const FOUND: readonly Found[] = [
  {
    wrong: 'with no budget for looking at prefixes, Plan took everything for a boundary and failed',
    cases: [{ ...PLAIN, limits: { planRequests: 0 }, places: [{ key: 'a.jpg', source: old }] }],
  },
  {
    wrong: 'with no depth for looking at prefixes, Plan took everything for a boundary and failed',
    cases: [{ ...PLAIN, limits: { planDepth: 0 }, places: [{ key: 'a.jpg', source: old }] }],
  },
  {
    wrong: 'what only contents could tell apart was counted, but no example of it was shown',
    cases: [
      {
        ...PLAIN,
        options: { checksum: true },
        places: [
          { key: 'a.jpg', source: old, destination: old },
          { key: 'b.jpg', source: old, destination: { ...old, content: 'b' } },
        ],
      },
    ],
  },
  {
    wrong: 'the missing list to be copied was left open where its copy could not be written',
    // Whichever call it is that writes it: the steps before may come to make some more.
    cases: Array.from({ length: 16 }, (_, n) => ({
      ...PLAIN,
      places: [{ key: 'a.jpg', source: old }],
      from: 'missing' as const,
      faults: [{ kind: 'call', at: 8 + n, what: 'no space left' } as const],
    })),
  },
];
