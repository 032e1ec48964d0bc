// Adds what became of entries to an item's figures.
import { type Amount, NOTHING, plus } from '../compare/entry.ts';
import { noOutcomes, type Outcome } from '../compare/outcomes.ts';
import { type CopyLine, type CopyOutcome, STORED_DAMAGED } from '../stores/copy.ts';
import type { ItemDocument } from './item-document.ts';

export type Ended = Exclude<CopyOutcome, { outcome: 'unfinished' | 'givenUp' }>;

export interface Failed {
  readonly key: string;
  readonly reason: string;
  readonly detail: string | undefined;
}

interface Tally {
  readonly outcomes: Record<Outcome, Amount>;
  readonly reasons: Record<string, number>;
  /** Of these entries alone. */
  readonly examples: Record<string, string[]>;
  readonly damaged: Amount | undefined;
}

const EXAMPLES_KEPT = 5;

/** Of the entries from the document's position up to `position`; what has no outcome is not counted. */
export const tallied = (
  before: ItemDocument,
  position: number,
  endOf: (position: number) => Ended | undefined,
  entries: readonly CopyLine[],
  failed: (one: Failed) => void,
): Tally => {
  const outcomes = { ...noOutcomes(), ...before.outcomes };
  const reasons: Record<string, number> = { ...before.reasons };
  const examples: Record<string, string[]> = {};
  let { damaged } = before;
  for (let i = before.position; i < position; i++) {
    const end = endOf(i);
    const { key, size } = entries[i]!;
    if (!end) continue;
    outcomes[end.outcome] = plus(outcomes[end.outcome], { count: 1, bytes: size });
    if (end.outcome !== 'failed') continue;
    const { reason, detail } = end;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    if (reason === STORED_DAMAGED) damaged = plus(damaged ?? NOTHING, { count: 1, bytes: size });
    examples[reason] ??= [];
    if (examples[reason].length < EXAMPLES_KEPT) examples[reason].push(key);
    failed({ key, reason, detail });
  }
  return { outcomes, reasons, examples, damaged };
};
