// Who runs an execution's steps: Step Functions, or the interpreter in a process. Tries again what was lost, goes on, ends.
import type { Moment } from './actor.ts';
import { momentOf } from './actor.ts';
import { hasEffect } from './operations.ts';
import type { Ended } from './run.ts';
import * as at from './state.ts';

/** `Over`: embedded, the process settles what its execution left; `Gone`: nothing is left to do. */
export const STAGES = ['Plan', 'Copy', 'Verify', 'Finish', 'Fail', 'Over', 'Gone'] as const;
export type StageName = (typeof STAGES)[number];
const stageNumber = (name: StageName): number => STAGES.indexOf(name);
/** As the definition's first retrier has it. */
const NOT_RETRIED: ReadonlySet<string> = new Set([
  'SumsDisagree',
  'LockLost',
  'NoProgress',
  'StoreRefused',
  'Stopping',
]);
const TRIES = 2;
export const RUNNING = 1;
const SUCCEEDED = 2;
const FAILED = 3;
export const STOPPED = 4;

export interface ExecutionOptions {
  /** Embedded: the process settles what its execution left, and a stop waits for what runs. */
  readonly settlesItself: boolean;
  /** Its stages in their order, as long as nothing fails. */
  readonly path: readonly StageName[];
  /** What a dead invocation had asked for may still be done later, not only at once or never. */
  readonly lingers: boolean;
}

export const createExecution = ({ settlesItself, path, lingers }: ExecutionOptions) => {
  const endWith = (state: number[], m: number, status: number): void => {
    state[at.statusAt(m)] = status;
    state[at.stageAt(m)] = stageNumber(settlesItself ? 'Over' : 'Gone');
    state[at.triesAt(m)] = 0;
  };

  const goTo = (state: number[], m: number, name: StageName): void => {
    state[at.stageAt(m)] = stageNumber(name);
    state[at.triesAt(m)] = 0;
  };

  const goOn = (state: number[], m: number, { value }: { value: unknown }): void => {
    const stage = STAGES[state[at.stageAt(m)]!]!;
    const { done = true } = (value ?? {}) as { done?: boolean };
    const next = done ? path[path.indexOf(stage) + 1] : stage;
    if (stage === 'Fail') endWith(state, m, FAILED);
    else if (next === undefined) endWith(state, m, SUCCEEDED);
    else goTo(state, m, next);
  };

  const tryAgain = (state: number[], m: number, error: string): void => {
    const tries = state[at.triesAt(m)]! + 1;
    if (!NOT_RETRIED.has(error) && tries < TRIES) state[at.triesAt(m)] = tries;
    else if (STAGES[state[at.stageAt(m)]!] === 'Fail') endWith(state, m, FAILED);
    else goTo(state, m, 'Fail');
  };

  return {
    start: (state: number[], m: number): void => {
      if (state[at.statusAt(m)] !== 0) return;
      state[at.statusAt(m)] = RUNNING;
      goTo(state, m, path[0]!);
    },

    /** Deployed, what runs runs on; a process waits for it. */
    stop: (state: number[], m: number): void => {
      if (state[at.statusAt(m)] !== RUNNING) return;
      endWith(state, m, STOPPED);
      if (!settlesItself) moveAside(state, m);
    },

    ended: (state: number[], slot: number, ended: Ended): void => {
      const { role, of } = at.roleOf(slot);
      state[slot] = role === 'extra' ? at.OVER : 0;
      if (role === 'orphan') sortOrphans(state, of);
      if (role !== 'current') return;
      if (STAGES[state[at.stageAt(of)]!] === 'Over') {
        // What runs when it is stopped ends first; then Over itself begins, once.
        if (state[at.triesAt(of)] === 1) goTo(state, of, 'Gone');
      } else if (state[at.statusAt(of)] === RUNNING) {
        if ('error' in ended) tryAgain(state, of, ended.error.name);
        else goOn(state, of, ended);
      }
    },

    /** It died, or nobody waits for it any more. */
    lost: (state: number[], slot: number, lives: boolean): void => {
      const { role, of } = at.roleOf(slot);
      const moment = at.momentIn(state[slot]!);
      state[at.LOSSY] = 1;
      state[slot] = lives ? state[slot]! : lingers ? remainder(moment) : 0;
      if (role === 'extra' && state[slot] === 0) state[slot] = at.OVER;
      if (role === 'orphan') sortOrphans(state, of);
      if (role !== 'current') return;
      moveAside(state, of);
      if (state[at.statusAt(of)] === RUNNING) tryAgain(state, of, 'Lost');
    },
  };
};

export type Execution = ReturnType<typeof createExecution>;

/** What it had asked for may still be done after its death. */
const remainder = (moment: number): number => {
  const { pending } = momentOf(moment) as Moment;
  return pending.some(({ operation }) => hasEffect(operation)) ? at.dying(moment) : 0;
};

const moveAside = (state: number[], m: number): void => {
  const slot = at.currentAt(m);
  if (state[slot] === 0) return;
  const free = at.orphansAt(m).find((one) => state[one] === 0);
  if (free === undefined) throw new Error('More invocations run beside each other than the model has room for.');
  state[free] = state[slot]!;
  state[slot] = 0;
  sortOrphans(state, m);
};

/** Which is which does not matter. */
export const sortOrphans = (state: number[], m: number): void => {
  const slots = at.orphansAt(m);
  const sorted = slots.map((slot) => state[slot]!).sort((a, b) => b - a);
  for (const [i, slot] of slots.entries()) state[slot] = sorted[i]!;
};
