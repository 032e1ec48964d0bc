// What became of an entry of a copy list: every entry ends with exactly one outcome.
import { type Amount, NOTHING, plus } from './entry.ts';

export const OUTCOMES = [
  'copied',
  'replaced',
  'alreadyThere',
  'goneFromSource',
  'changedOnSource',
  'failed',
  'notTried',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why a round left entries untried. */
export type NotTriedReason = 'cancelled' | 'stepBroke' | 'budget';

export type Outcomes = Readonly<Record<Outcome, Amount>>;

export const noOutcomes = (): Record<Outcome, Amount> =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, NOTHING])) as Record<Outcome, Amount>;

export const addOutcomes = (a: Outcomes, b: Outcomes): Record<Outcome, Amount> =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, plus(a[outcome], b[outcome])])) as Record<Outcome, Amount>;

export const sumOfOutcomes = (outcomes: Outcomes): Amount => OUTCOMES.map((o) => outcomes[o]).reduce(plus, NOTHING);
