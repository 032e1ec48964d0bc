// Time passes from one instant that matters to the next: deadlines, the end of an open task, the end of a lease.
import { momentOf } from './actor.ts';
import { type Execution, sortOrphans } from './execution.ts';
import { LIMITS } from './hands.ts';
import { documentOf, PLACES } from './interned.ts';
import type { State } from './state.ts';
import * as at from './state.ts';

const deadlineIn = (state: State, slot: number): number => {
  const { actor, begunAt } = momentOf(at.momentIn(state[slot]!));
  return begunAt + actor.livesMs;
};

export const mayRing = (state: State, slot: number): boolean =>
  state[at.CLOCK]! >= deadlineIn(state, slot) - LIMITS.handOnMs;

export const nextInstant = (state: State, alarms: boolean): number => {
  const now = state[at.CLOCK]!;
  let next = Number.POSITIVE_INFINITY;
  const look = (instant: number): void => {
    if (instant > now && instant < next) next = instant;
  };
  for (const slot of at.actorSlots(state)) {
    if (!at.isLiving(state[slot]!)) continue;
    const deadline = deadlineIn(state, slot);
    look(deadline);
    if (alarms) look(deadline - LIMITS.handOnMs);
  }
  for (const instant of instantsWritten(state)) look(instant);
  return next;
};

/** Open tasks and the lease: the last of them is when everything is certainly over. */
export const instantsWritten = (state: State): number[] => {
  const instants: number[] = [];
  for (let place = 0; place < PLACES; place++) {
    const document = documentOf(state[at.documentAt(place)]!);
    for (const instant of [document?.openUntil, document?.leaseUntil])
      if (typeof instant === 'number' && instant < Number.MAX_SAFE_INTEGER) instants.push(instant);
  }
  return instants;
};

/** Whoever's time is over is gone; what a dead one had asked for is done by now, or never will be. */
export const passTime = (state: State, instant: number, execution: Execution): number[] => {
  const after = [...state];
  after[at.CLOCK] = instant;
  // From the last one: sorting moves what comes after.
  for (const slot of at.actorSlots(state).reverse()) {
    if (!at.isDying(after[slot]!)) continue;
    const { role, of } = at.roleOf(slot);
    after[slot] = role === 'extra' ? at.OVER : 0;
    if (role === 'orphan') sortOrphans(after, of);
  }
  for (let again = true; again; ) {
    again = false;
    for (const slot of at.actorSlots(after)) {
      if (!at.isLiving(after[slot]!) || deadlineIn(after, slot) > instant) continue;
      execution.lost(after, slot, false);
      again = true;
      break;
    }
  }
  return after;
};
