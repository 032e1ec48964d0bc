// All that can happen next in a state: an operation takes effect, an actor dies, time passes, somebody new begins.
import { type Moment, momentOf } from './actor.ts';
import { createEffects } from './effects.ts';
import { type Execution, RUNNING, STAGES, type StageName, sortOrphans } from './execution.ts';
import { isForegone } from './foregone.ts';
import { type Luck, unluckyAnswers } from './luck.ts';
import { DONE, hasEffect, told } from './operations.ts';
import { isDeadIn, kill, processName } from './processes.ts';
import { IDS } from './programs.ts';
import type { Rules } from './rules.ts';
import type { Happening } from './run.ts';
import type { State } from './state.ts';
import * as at from './state.ts';
import { mayRing, nextInstant, passTime } from './time.ts';

export interface Extra {
  readonly moment: Moment;
  when(state: State): boolean;
}

export interface Model {
  readonly rules: Rules;
  readonly execution: Execution;
  /** By migration, then by name; the beginnings of its steps. */
  readonly invocations: readonly Readonly<Partial<Record<StageName, Moment>>>[];
  readonly extras: readonly Extra[];
  /** Commits between pictures. */
  readonly ticks: boolean;
  /** Handing on before the deadline. */
  readonly alarms: boolean;
  readonly luck: readonly Luck[];
  /** Embedded: how many processes there are, each for the migration of its number. */
  readonly processes: number;
}

export interface Transition {
  readonly state: State;
  readonly wrong: string | undefined;
  tell(): string;
}

export const createTransitions = (model: Model) => {
  const { execution } = model;
  const { answerIn, effectOf, alone } = createEffects(model.rules, execution);
  const unknown: (() => Promise<Moment>)[] = [];

  /** Where nobody knows yet what the actor does then, the real code is asked, and the state looked at again. */
  const goOn = (state: number[], slot: number, moment: Moment, happened: Happening): void => {
    const next = moment.after(happened);
    if (!next) return void unknown.push(() => moment.grow(happened));
    if (next.ended) execution.ended(state, slot, next.ended);
    else {
      state[slot] = at.living(next.number);
      sortIfOrphan(state, slot);
    }
  };

  const begin = (found: Transition[], state: State, slot: number, moment: Moment): void => {
    const after = [...state];
    after[slot] = at.living(moment.number);
    const happened: Happening = { kind: 'answer', sequence: 0, answer: DONE, clock: state[at.CLOCK]! };
    goOn(after, slot, moment, happened);
    found.push({ state: after, wrong: undefined, tell: () => `${moment.actor.name} begins` });
  };

  const beginnings = (found: Transition[], state: State): void => {
    for (const [m, invocations] of model.invocations.entries()) {
      const stage = STAGES[state[at.stageAt(m)]!]!;
      const moment = invocations[stage];
      const isOver = stage === 'Over' && state[at.triesAt(m)] === 0;
      if (!moment || state[at.currentAt(m)] !== 0 || (state[at.statusAt(m)] !== RUNNING && !isOver)) continue;
      const ready = [...state];
      if (isOver) ready[at.triesAt(m)] = 1;
      begin(found, ready, at.currentAt(m), moment);
      if (state[at.OVERLAPS]! > 0 && model.processes === 0 && stage !== 'Over') overlapUnbegun(found, state, m, moment);
    }
    for (const [i, { moment, when }] of model.extras.entries()) {
      const { process } = moment.actor;
      if (process !== undefined && isDeadIn(state, processName(process))) continue;
      if (state[at.extraAt(i)] === 0 && when(state)) begin(found, state, at.extraAt(i), moment);
    }
  };

  /** Given up before it began, and then it begins after its successor. */
  const overlapUnbegun = (found: Transition[], state: State, m: number, moment: Moment): void => {
    const after = [...state];
    after[at.OVERLAPS]!--;
    after[at.currentAt(m)] = at.living(moment.number);
    execution.lost(after, at.currentAt(m), true);
    found.push({
      state: after,
      wrong: undefined,
      tell: () => `${moment.actor.name} is slow to begin: it is tried again`,
    });
  };

  const operate = (found: Transition[], state: State, slot: number): void => {
    const value = state[slot]!;
    const moment = momentOf(at.momentIn(value));
    const { actor } = moment;
    for (const { sequence, operation } of moment.pending) {
      const answer = answerIn(state, operation, actor.process);
      const { state: after, wrong } = effectOf(state, operation, answer, actor.process);
      const clock = state[at.CLOCK]!;
      if (at.isDying(value)) {
        if (!hasEffect(operation)) continue;
        after[slot] = at.roleOf(slot).role === 'extra' ? at.OVER : 0;
        sortIfOrphan(after, slot);
        found.push({ state: after, wrong, tell: () => `${actor.name}, dead by now, ${told(operation, answer)}` });
        continue;
      }
      const lost = state[at.LOST_ANSWERS]! > 0 ? unluckyAnswers(operation, answer, model.luck) : [];
      goOn(after, slot, moment, { kind: 'answer', sequence, answer, clock });
      found.push({ state: after, wrong, tell: () => `${actor.name} ${told(operation, answer)}` });
      for (const { isDone, answer: instead } of lost) {
        const unlucky = isDone ? effectOf(state, operation, answer, actor.process).state : [...state];
        unlucky[at.LOST_ANSWERS]!--;
        unlucky[at.LOSSY] = 1;
        goOn(unlucky, slot, moment, { kind: 'answer', sequence, answer: instead, clock });
        const how = isDone ? 'it is done' : 'it is not done';
        found.push({ state: unlucky, wrong, tell: () => `${actor.name} ${told(operation, instead)} (${how})` });
      }
    }
  };

  const timers = (found: Transition[], state: State, slot: number): void => {
    const moment = momentOf(at.momentIn(state[slot]!));
    const rings = model.alarms && moment.canRing && mayRing(state, slot);
    for (const kind of [
      ...(model.ticks && moment.canTick ? ['tick' as const] : []),
      ...(rings ? ['alarm' as const] : []),
    ]) {
      const after = [...state];
      goOn(after, slot, moment, { kind, clock: state[at.CLOCK]! });
      const what = kind === 'tick' ? 'is to commit between two pictures' : 'is to hand on';
      found.push({ state: after, wrong: undefined, tell: () => `${moment.actor.name} ${what}` });
    }
  };

  const faults = (found: Transition[], state: State, slot: number): void => {
    const { actor } = momentOf(at.momentIn(state[slot]!));
    if (state[at.CRASHES]! > 0 && model.processes === 0) {
      const after = [...state];
      after[at.CRASHES]!--;
      execution.lost(after, slot, false);
      found.push({ state: after, wrong: undefined, tell: () => `${actor.name} dies` });
    }
    if (state[at.OVERLAPS]! > 0 && model.processes === 0 && at.roleOf(slot).role === 'current') {
      const after = [...state];
      after[at.OVERLAPS]!--;
      execution.lost(after, slot, true);
      found.push({ state: after, wrong: undefined, tell: () => `${actor.name} is taken for lost, and runs on` });
    }
  };

  const fromOutside = (found: Transition[], state: State): void => {
    for (const [m] of model.invocations.entries()) {
      if (state[at.STOPS] === 0 || state[at.statusAt(m)] !== RUNNING) continue;
      const after = [...state];
      after[at.STOPS]!--;
      execution.stop(after, m);
      found.push({ state: after, wrong: undefined, tell: () => `somebody stops execution ${IDS[m]}` });
    }
    for (let process = 0; process < model.processes; process++) {
      if (state[at.CRASHES] === 0 || isDeadIn(state, processName(process))) continue;
      const after = kill(state, process);
      after[at.CRASHES]!--;
      found.push({ state: after, wrong: undefined, tell: () => `${processName(process)} dies` });
    }
    const instant = nextInstant(state, model.alarms);
    if (state[at.TIME_STEPS]! > 0 && model.processes === 0 && Number.isFinite(instant)) {
      const after = passTime(state, instant, execution);
      after[at.TIME_STEPS]!--;
      found.push({ state: after, wrong: undefined, tell: () => `it is ${(instant - at.START_MS) / 1_000} s` });
    }
  };

  /** Nothing is awaited where everything is known: millions of states pass here. */
  const of = (state: State): Transition[] | Promise<Transition[]> => {
    unknown.length = 0;
    const found: Transition[] = [];
    const slots = at.actorSlots(state);
    const foregone =
      model.luck.length === 0
        ? slots.find((slot) => isForegone(state, slot, (operation) => answerIn(state, operation, undefined)))
        : undefined;
    if (foregone !== undefined) operate(found, state, foregone);
    else everything(found, state, slots);
    return unknown.length === 0 ? found : grown().then(() => of(state));
  };

  const everything = (found: Transition[], state: State, slots: readonly number[]): void => {
    beginnings(found, state);
    for (const slot of slots) {
      operate(found, state, slot);
      if (!at.isLiving(state[slot]!)) continue;
      timers(found, state, slot);
      faults(found, state, slot);
    }
    if (found.length > 0) fromOutside(found, state);
  };

  const grown = async (): Promise<void> => {
    for (const grow of unknown) await grow();
  };

  return { of, alone };
};

const sortIfOrphan = (state: number[], slot: number): void => {
  const { role, of } = at.roleOf(slot);
  if (role === 'orphan') sortOrphans(state, of);
};
