// What one operation answers in a state, and what it makes of the state; and an actor that runs while nobody else moves.
import type { Moment } from './actor.ts';
import type { Execution } from './execution.ts';
import { type Answer, answerOf, EXECUTION, type Operation, told, YES } from './operations.ts';
import { isDeadIn } from './processes.ts';
import { migrationOf } from './programs.ts';
import type { Rules } from './rules.ts';
import type { Happening } from './run.ts';
import type { State } from './state.ts';
import * as at from './state.ts';

interface Effect {
  readonly state: number[];
  /** The rule that it breaks. */
  readonly wrong: string | undefined;
}

export const createEffects = (rules: Rules, execution: Execution) => {
  const answerIn = (state: State, operation: Operation, process: number | undefined): Answer =>
    answerOf(operation, {
      document: (place) => state[at.documentAt(place)]!,
      // A process knows the executions of its own alone.
      execution: (id) =>
        process === undefined || process === migrationOf(id)
          ? EXECUTION[state[at.statusAt(migrationOf(id))]!]!
          : 'unknown',
      hasPicture: (picture) => state[at.pictureAt(picture)] !== 0,
      isDead: (holder) => isDeadIn(state, holder),
    });

  const effectOf = (state: State, operation: Operation, answer: Answer, process: number | undefined): Effect => {
    const after = [...state];
    if (operation.kind === 'put' && answer === YES) {
      after[at.documentAt(operation.place)] = operation.document;
      return { state: after, wrong: rules.afterWriting(state, after, operation.place) };
    }
    if (operation.kind === 'write') {
      const m = migrationOf(operation.id);
      if (answer !== YES) return { state: after, wrong: undefined };
      after[at.pictureAt(operation.picture)] = m + 1;
      return { state: after, wrong: rules.afterPicture(state, m) };
    }
    if (operation.kind === 'start' || operation.kind === 'stop') {
      const m = migrationOf(operation.id);
      if (process === undefined || process === m) execution[operation.kind](after, m);
    }
    return { state: after, wrong: undefined };
  };

  const alone = async (state: State, moment: Moment, tell: (line: string) => void) => {
    let now = state;
    let here = moment;
    const clock = state[at.CLOCK]!;
    while (!here.ended) {
      const [{ sequence, operation } = { sequence: 0, operation: { kind: 'begin' } as const }] = here.pending;
      const answer = answerIn(now, operation, here.actor.process);
      const { state: after, wrong } = effectOf(now, operation, answer, here.actor.process);
      tell(`${here.actor.name} ${told(operation, answer)}`);
      if (wrong) return { state: after, wrong, ended: undefined };
      const happened: Happening = { kind: 'answer', sequence, answer, clock };
      here = here.after(happened) ?? (await here.grow(happened));
      now = after;
    }
    return { state: now, wrong: undefined, ended: here.ended };
  };

  return { answerIn, effectOf, alone };
};
