// Answers that do not tell what happened: services fail, and clients that repeat a write are refused by their own first try.
import { meets } from './interned.ts';
import { type Answer, NO, type Operation, UNAVAILABLE, YES } from './operations.ts';

/**
 * `refused`: the answer to a write was lost, and its repetition is refused. `unavailable`: an error, done or not.
 * `unwritable`: the destination does not take a picture.
 */
export type Luck = 'refused' | 'unavailable' | 'unwritable';

export interface Unlucky {
  readonly isDone: boolean;
  readonly answer: Answer;
}

export const unluckyAnswers = (operation: Operation, answer: Answer, luck: readonly Luck[]): Unlucky[] => {
  const unlucky: Unlucky[] = [];
  const { kind } = operation;
  if (kind === 'put' && luck.includes('refused') && answer === YES && !meets(operation.document, operation.expect))
    unlucky.push({ isDone: true, answer: NO });
  if (kind === 'write' && luck.includes('unwritable') && answer === YES)
    unlucky.push({ isDone: false, answer: UNAVAILABLE });
  if (!luck.includes('unavailable') || kind === 'write' || kind === 'begin') return unlucky;
  unlucky.push({ isDone: false, answer: UNAVAILABLE });
  if (kind === 'start' || kind === 'stop' || (kind === 'put' && answer === YES))
    unlucky.push({ isDone: true, answer: UNAVAILABLE });
  return unlucky;
};
