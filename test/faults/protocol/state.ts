// A state of the model: one row of numbers, so that millions of them can be told apart quickly.
import { documentOf, PLACES } from './interned.ts';

export type State = readonly number[];

/** What may still go wrong on a path: every fault uses one up. */
export const CLOCK = 0;
export const CRASHES = 1;
export const OVERLAPS = 2;
export const STOPS = 3;
export const LOST_ANSWERS = 4;
export const TIME_STEPS = 5;
/** 1: an invocation died or was overtaken, so what it had written may be counted by nobody yet. */
export const LOSSY = 6;
/** Bits: processes that are dead. */
export const DEAD_PROCESSES = 7;
const DOCUMENTS = 8;
const PICTURES_AT = DOCUMENTS + PLACES;
export const PICTURES = 2;
const EXECUTIONS = PICTURES_AT + PICTURES;
const ORPHANS = 4;
const PER_EXECUTION = 4 + ORPHANS;
export const MIGRATIONS = 3;
const EXTRAS = EXECUTIONS + MIGRATIONS * PER_EXECUTION;

export const documentAt = (place: number): number => DOCUMENTS + place;
/** Who wrote it: migration + 1; 0: not there. */
export const pictureAt = (picture: number): number => PICTURES_AT + picture;
/** Index of EXECUTION. */
export const statusAt = (migration: number): number => EXECUTIONS + migration * PER_EXECUTION;
export const stageAt = (migration: number): number => statusAt(migration) + 1;
export const triesAt = (migration: number): number => statusAt(migration) + 2;
/** Actors: 0 none, an even number the moment of one that lives, an odd one of one that is dead but for what is under way. */
export const currentAt = (migration: number): number => statusAt(migration) + 3;
/** Invocations that run on although the execution knows nothing of them any more. */
export const orphansAt = (migration: number): number[] => {
  const first = statusAt(migration) + 4;
  return Array.from({ length: ORPHANS }, (_, i) => first + i);
};
/** What a slot of an actor is for. */
export const roleOf = (slot: number): { readonly role: 'current' | 'orphan' | 'extra'; readonly of: number } => {
  if (slot >= EXTRAS) return { role: 'extra', of: slot - EXTRAS };
  const of = Math.floor((slot - EXECUTIONS) / PER_EXECUTION);
  return { role: slot === currentAt(of) ? 'current' : 'orphan', of };
};
/** Every slot that may hold an actor. */
export const actorSlots = (state: State): number[] => {
  const slots: number[] = [];
  for (let m = 0; m < MIGRATIONS; m++) {
    for (let slot = currentAt(m); slot <= statusAt(m) + 3 + ORPHANS; slot++) if (state[slot]! > OVER) slots.push(slot);
  }
  for (let slot = EXTRAS; slot < state.length; slot++) if (state[slot]! > OVER) slots.push(slot);
  return slots;
};
/** 0: may begin; 1: over; else as above. */
export const extraAt = (extra: number): number => EXTRAS + extra;

export const OVER = 1;
export const living = (moment: number): number => 2 * moment + 2;
export const dying = (moment: number): number => 2 * moment + 3;
export const isLiving = (slot: number): boolean => slot > OVER && slot % 2 === 0;
export const isDying = (slot: number): boolean => slot > OVER && slot % 2 === 1;
export const momentIn = (slot: number): number => (slot - 2) >> 1;

/** The clock when a search begins, ms: late enough that nothing is before 1970. */
export const START_MS = 10 * 86_400_000;

/** Short, because a million of them are kept. */
export const keyOf = (state: State): string => {
  let key = String.fromCharCode((state[CLOCK]! - START_MS) / 1_000);
  for (let i = CLOCK + 1; i < state.length; i++) {
    const number = state[i]!;
    key += number < WIDE ? String.fromCharCode(number) : String.fromCharCode(WIDE + (number >> 14), number & 0x3fff);
  }
  return key;
};

/** Numbers above take two units, and so does what tells that they do. */
const WIDE = 0x8000;

export const emptyState = (extras: number): number[] => Array.from({ length: EXTRAS + extras }, () => 0);

export const readDocument = <T>(state: State, place: number): T | undefined =>
  documentOf(state[documentAt(place)]!) as T | undefined;

/** The documents and pictures alone: what stays when all actors are over. */
export const remainsOf = (state: State): string =>
  `${state[CLOCK]},${state.slice(DOCUMENTS, EXECUTIONS).join()},${[0, 1, 2].map((m) => state[statusAt(m)]).join()}`;
