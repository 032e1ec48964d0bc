// The scenarios that are searched to their ends: small ones, in which every order and every death is tried.
import type { Scenario } from './model.ts';
import type { PlayName } from './programs.ts';

const play = (name: PlayName, of: number, more: object = {}) => ({ play: name, of, ...more });
const M1 = 0;
const M2 = 1;
const NOBODY = 2;

const COPYING = ['Plan'] as const;
const FINISHING = ['Plan', 'Copy', 'Verify'] as const;
/** Long enough to see who writes. */
const UP_TO_COPY = ['Plan', 'Copy'] as const;

/** Invocations as Lambda runs them: a lease, deadlines, and nobody knows who lives. */
export const DEPLOYED: Readonly<Record<string, Scenario>> = {
  'two starts of one pair, one dies anywhere, leases lapse': {
    extras: [play('start', M1), play('start', M2)],
    path: ['Finish'],
    crashes: 1,
    timeSteps: 2,
  },
  'two starts of one pair that are cut off, and what they asked for is done long after': {
    extras: [play('start', M1), play('start', M2)],
    path: ['Finish'],
    lingers: true,
    timeSteps: 2,
  },
  'a start that is repeated under its id while another migration starts, and one dies': {
    extras: [play('start', M1), play('start', M1, { after: 0 }), play('start', M2)],
    path: ['Finish'],
    crashes: 1,
  },
  'a second start while invocations are cut off at their deadlines and the lease lapses': {
    extras: [play('start', M2)],
    behind: COPYING,
    path: UP_TO_COPY,
    timeSteps: 2,
  },
  'one invocation dies, another is taken for lost and runs beside its successor, committing between pictures': {
    extras: [],
    behind: COPYING,
    crashes: 1,
    overlaps: 1,
    ticks: true,
  },
  'one invocation is taken for lost, another dies and what it asked for is done long after': {
    extras: [],
    behind: COPYING,
    crashes: 1,
    overlaps: 1,
    lingers: true,
  },
  'invocations that hand on, or are cut off at their deadline': {
    extras: [],
    behind: COPYING,
    alarms: true,
    ticks: true,
    timeSteps: 3,
  },
  'a picture that cannot be written by one invocation and is by another': {
    extras: [play('start', M1)],
    overlaps: 1,
    lostAnswers: 1,
    luck: ['unwritable'],
  },
  'cancelled while it copies, and settled meanwhile': {
    extras: [play('cancel', M1), play('told', M1)],
    behind: COPYING,
  },
  'cancelled while it copies and commits, and one dies': {
    extras: [play('cancel', M1)],
    behind: COPYING,
    crashes: 1,
    ticks: true,
  },
  'cancelled while it copies, and the next one starts as soon as it can': {
    extras: [play('cancel', M1), play('start', M2, { whenItCan: true })],
    behind: COPYING,
    path: UP_TO_COPY,
  },
  'stopped from outside while two invocations copy, and settled': {
    extras: [play('told', M1)],
    behind: COPYING,
    path: UP_TO_COPY,
    stops: 1,
    overlaps: 1,
  },
  'Finish, a stop from outside, Settle and the sweep': {
    extras: [play('told', M1), play('sweep', NOBODY)],
    behind: FINISHING,
    stops: 1,
  },
  'Finish beside itself, the sweep, and one dies': {
    extras: [play('sweep', NOBODY)],
    behind: FINISHING,
    crashes: 1,
    overlaps: 1,
  },
  'Finish beside itself, a second start, and one dies': {
    extras: [play('start', M2, { whenItCan: true })],
    behind: FINISHING,
    crashes: 1,
    overlaps: 1,
  },
  'cancelled while a service does not answer, or answers too late': {
    extras: [play('cancel', M1)],
    behind: COPYING,
    lostAnswers: 1,
    luck: ['refused', 'unavailable'],
  },
  'two whole migrations, stopped from outside, one invocation dies': {
    extras: [play('start', M1), play('start', M2, { whenItCan: true })],
    crashes: 1,
    stops: 1,
  },
  'two whole migrations, one invocation is taken for lost': {
    extras: [play('start', M1), play('start', M2, { whenItCan: true })],
    overlaps: 1,
  },
};

/** Processes: a dead one takes all it ran with it, and its lock is taken over at once. */
export const EMBEDDED: Readonly<Record<string, Scenario>> = {
  'two processes start, one cancels the other, any two die': {
    processes: 3,
    extras: [play('start', M1), play('start', M2), play('cancel', M1, { process: 1 })],
    crashes: 2,
  },
  'a process starts, another cancels it, a third looks at it, any of them dies': {
    processes: 3,
    extras: [play('start', M1), play('look', NOBODY), play('cancel', M1, { process: 1 })],
    path: UP_TO_COPY,
    crashes: 1,
  },
};
