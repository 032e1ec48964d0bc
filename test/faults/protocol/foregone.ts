// Operations whose answer cannot change any more and that change nothing: when they come makes no difference, so they come at once.
import { momentOf } from './actor.ts';
import { documentOf, meets } from './interned.ts';
import { type Answer, EXECUTION, type Operation } from './operations.ts';
import { migrationOf } from './programs.ts';
import type { State } from './state.ts';
import * as at from './state.ts';

const ENDED = ['done', 'failed', 'cancelled'];
const RUNNING = EXECUTION.indexOf('running');

/** Versions, commits and leases only grow: an expectation that was missed is missed for ever. Pictures do not go away. */
const isDecided = (state: State, operation: Operation): boolean => {
  switch (operation.kind) {
    case 'put':
      return !meets(state[at.documentAt(operation.place)]!, operation.expect);
    case 'get': {
      const found = documentOf(state[at.documentAt(operation.place)]!);
      return found?.sk === 'record' && ENDED.includes(String(found.status));
    }
    case 'write':
      return state[at.pictureAt(operation.picture)] !== 0;
    case 'start':
      return state[at.statusAt(migrationOf(operation.id))] !== 0;
    case 'stop':
    case 'status':
      return state[at.statusAt(migrationOf(operation.id))]! > RUNNING;
    default:
      return false;
  }
};

/** Of a slot with an actor. Where what follows depends on the time, it does make a difference when. */
export const isForegone = (state: State, slot: number, answerOf: (operation: Operation) => Answer): boolean => {
  const moment = momentOf(at.momentIn(state[slot]!));
  const [first, second] = moment.pending;
  if (!first || second || moment.canTick || moment.canRing || !isDecided(state, first.operation)) return false;
  if (at.isDying(state[slot]!) || state[at.TIME_STEPS] === 0) return true;
  const { sequence, operation } = first;
  const clock = state[at.CLOCK]!;
  return moment.isTimedAfter({ kind: 'answer', sequence, answer: answerOf(operation), clock }) === false;
};
