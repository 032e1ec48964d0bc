// Writes a copy plan, with what `--max-cost` leaves for each of its items; Copy is given those that it leaves anything for.

import { allotted, isBeyondBudget, leftUsd, spentUsd } from './budget.ts';
import { amountOfItems } from './copy-plan.ts';
import { writeJson } from './lines.ts';
import { affordableCopyPlanPath, copyPlanPath } from './paths.ts';
import type { CopyItem } from './payloads.ts';
import type { MigrationRecord } from './record.ts';
import { copiesAtOnce, copyPace } from './shares.ts';
import type { StepContext } from './steps/context.ts';
import { type Asked, termsOf, usdOfComparing } from './terms.ts';

export interface Budgeted {
  /** Where Copy's items are read from. */
  readonly path: string;
  /** Nothing is left for any of them. */
  readonly isUsedUp: boolean;
}

/** `asked`: for the comparison that found the items; the next one asks for about as much. Repeated with the same prices, it writes the same. */
export const writeCopyPlan = async (
  record: MigrationRecord,
  round: number,
  items: readonly CopyItem[],
  asked: Asked,
  context: StepContext,
): Promise<Budgeted> => {
  const { id, request } = record;
  const { maxCostUsd } = request.options;
  const whole = copyPlanPath(id, round);
  if (maxCostUsd === undefined || request.mode === 'check') {
    await writeJson(context.files, whole, items);
    return { path: whole, isUsedUp: false };
  }
  const terms = termsOf(request, record.sameService ?? false, context.billing, context.limits);
  // Whatever came later, where this is a repetition: earlier rounds cost what they cost.
  const before = { ...record, rounds: record.rounds.filter((one) => one.round < round) };
  // A migration that goes on from an earlier one's lists has compared nothing yet.
  const own = request.from && round === 1 ? 0 : usdOfComparing(asked, terms);
  const left = leftUsd(maxCostUsd, spentUsd(before, terms) + own, asked, amountOfItems(items).count, terms);
  const atOnce = Math.min(
    ...items.map((item) => copiesAtOnce(request.options, copyPace(request, item, context.limits), context.limits)),
  );
  const planned = allotted(items, left, terms, atOnce);
  const affordable = planned.filter((item) => !isBeyondBudget(item));
  await writeJson(context.files, whole, planned);
  if (affordable.length === planned.length) return { path: whole, isUsedUp: false };
  const path = affordableCopyPlanPath(id, round);
  await writeJson(context.files, path, affordable);
  return { path, isUsedUp: affordable.length === 0 };
};
