// Processes, embedded: one that dies takes all its actors and its execution with it, at once.
import { momentOf } from './actor.ts';
import { STAGES, sortOrphans } from './execution.ts';
import type { State } from './state.ts';
import * as at from './state.ts';

export const processName = (process: number): string => `process ${process + 1}`;

export const isDeadIn = (state: State, holder: string): boolean =>
  ((state[at.DEAD_PROCESSES]! >> (Number(holder.split(' ')[1]) - 1)) & 1) === 1;

export const kill = (state: State, process: number): number[] => {
  const after = [...state];
  after[at.DEAD_PROCESSES]! |= 1 << process;
  after[at.LOSSY] = 1;
  for (const slot of at.actorSlots(state)) {
    if (momentOf(at.momentIn(state[slot]!)).actor.process !== process) continue;
    after[slot] = at.roleOf(slot).role === 'extra' ? at.OVER : 0;
  }
  sortOrphans(after, process);
  after[at.statusAt(process)] = 0;
  after[at.stageAt(process)] = STAGES.indexOf('Gone');
  after[at.triesAt(process)] = 0;
  return after;
};
