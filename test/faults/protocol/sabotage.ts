// The product broken on purpose, one thing at a time: a search that finds nothing here would find nothing anywhere.
import type { Store } from '../../../lib/stores/store.ts';
import type { Document, Expectation, Records } from '../../../lib/workflow/ports.ts';
import type { Ports } from './hands.ts';
import type { Scenario } from './model.ts';

export interface Sabotage {
  readonly what: string;
  readonly how: (ports: Ports) => Ports;
  readonly scenario: Scenario;
  readonly found: RegExp;
}

const withRecords = (ports: Ports, changed: Partial<Records>): Ports => ({
  ...ports,
  records: { ...ports.records, ...changed },
});

/** Another expectation than the one the product asked for. */
const expecting =
  (change: (document: Document, expect: Expectation | undefined) => Expectation | undefined) =>
  (ports: Ports): Ports =>
    withRecords(ports, { put: (document, expect) => ports.records.put(document, change(document, expect)) });

const withoutLease = (expect: Expectation | undefined): Expectation | undefined => {
  if (typeof expect !== 'object') return expect;
  const { leaseUntil: _, ...others } = expect;
  return others;
};

/** An invocation of Copy that reads its record once and never looks again. */
const neverLookingAgain = (ports: Ports): Ports => {
  if (!ports.attempt.includes('Copy')) return ports;
  let first: Promise<Document | undefined> | undefined;
  return withRecords(ports, {
    get: async <T extends Document>(pk: string, sk: string): Promise<T | undefined> => {
      if (sk !== 'record') return ports.records.get<T>(pk, sk);
      first ??= ports.records.get(pk, sk);
      return (await first) as T | undefined;
    },
  });
};

/** Whoever ends a migration finds no task open, whatever its document says. */
const neverWaiting = (ports: Ports): Ports =>
  withRecords(ports, {
    list: async function* <T extends Document>(pk: string, skPrefix: string) {
      for await (const one of ports.records.list<T>(pk, skPrefix)) yield { ...one, openUntil: 0 };
    },
  });

const countingTwice = (ports: Ports): Ports => ({
  ...ports,
  openStore: async (spec, side) => {
    const store = await ports.openStore(spec, side);
    const write: Store['write'] = async (...all) => {
      await store.write(...all);
      return { outcome: 'written' };
    };
    return { ...store, write };
  },
});

const isLock = ({ sk }: Document): boolean => sk === 'lock';
const STARTS: Scenario['extras'] = [
  { play: 'start', of: 0 },
  { play: 'start', of: 1 },
];
const STOPPED: Scenario = {
  extras: [
    { play: 'told', of: 0 },
    { play: 'start', of: 1 },
  ],
  behind: ['Plan'],
  path: ['Plan', 'Copy'],
  stops: 1,
};
const OVERLAPPING: Scenario = { extras: [], behind: ['Plan'], overlaps: 1 };

export const SABOTAGES: readonly Sabotage[] = [
  {
    what: 'a conditional write of a commit that looks at no condition',
    how: expecting((document, expect) => (document.sk.startsWith('round#') ? undefined : expect)),
    scenario: OVERLAPPING,
    found: /a commit was lost/,
  },
  {
    what: 'a lock that is taken without looking',
    how: expecting((document, expect) => (isLock(document) ? undefined : expect)),
    scenario: { extras: STARTS, path: ['Finish'] },
    found: /fencing number|was taken while it was held/,
  },
  {
    what: 'a lock whose taking does not look at the lease again',
    how: expecting((document, expect) => (isLock(document) ? withoutLease(expect) : expect)),
    scenario: { extras: STARTS, path: ['Finish'], timeSteps: 2 },
    found: /the lock of M1 was taken while it was held|lease of M1 was shortened/,
  },
  {
    what: 'a release that does not ask whose the lock is',
    how: expecting((document, expect) => (isLock(document) && document.migrationId === null ? undefined : expect)),
    scenario: { extras: STARTS, path: ['Finish'], timeSteps: 2, stops: 1 },
    found: /the lock of M2 was freed|fencing number/,
  },
  {
    what: 'an invocation that does not look again after opening its item',
    how: neverLookingAgain,
    scenario: STOPPED,
    found: /M1 writes a picture while the pair is/,
  },
  {
    what: 'a Settle that does not wait for open tasks',
    how: neverWaiting,
    scenario: STOPPED,
    found: /M1 writes a picture while the pair is/,
  },
  {
    what: 'a store that calls written what stood there before',
    how: countingTwice,
    scenario: { extras: STARTS },
    found: /counts \d as copied and wrote \d/,
  },
];
