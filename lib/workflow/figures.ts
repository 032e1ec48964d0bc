// A migration's figures out of its rounds: pure arithmetic over its record.

import { type Amount, NOTHING, plus } from '../compare/entry.ts';
import { addOutcomes, noOutcomes, type Outcome, type Outcomes } from '../compare/outcomes.ts';
import type { CompactStatistics } from '../compare/statistics.ts';
import { STORED_DAMAGED } from '../stores/copy.ts';
import type { MigrationRecord, RoundRecord } from './record.ts';

type Compared = RoundRecord & { readonly comparison: NonNullable<RoundRecord['comparison']> };
type CopiedRound = RoundRecord & { readonly copying: NonNullable<RoundRecord['copying']> };

const compared = (record: MigrationRecord): Compared[] =>
  record.rounds.filter((round): round is Compared => round.comparison !== undefined);

export const copiedRounds = (record: MigrationRecord): CopiedRound[] =>
  record.rounds.filter((round): round is CopiedRound => round.copying !== undefined);

/** Comparisons made. */
export const comparisons = (record: MigrationRecord): number => compared(record).length;

/** Round 1's; with `from`, the earlier migration's. Undefined: no comparison was completed. */
export const findingsOf = (record: MigrationRecord): CompactStatistics | undefined =>
  record.earlier?.statistics ?? compared(record)[0]?.comparison.statistics;

/** Every range's latest comparison, added up. Undefined: no comparison was completed. */
export const remainingOf = (record: MigrationRecord): Amount | undefined => {
  const rounds = compared(record);
  const last = rounds.at(-1);
  if (!last) return record.earlier?.remaining;
  const earlier = record.earlier?.remainingForGood ?? NOTHING;
  return [
    ...rounds.slice(0, -1).map(({ comparison }) => comparison.remainingForGood),
    last.comparison.remaining,
  ].reduce(plus, earlier);
};

/** Every range's latest comparison, like `remaining`: what differed and was not to be replaced. */
export const keptOf = (record: MigrationRecord): Amount | undefined => {
  const rounds = compared(record);
  const last = rounds.at(-1);
  if (!last) return record.earlier?.kept;
  return plus(last.comparison.kept ?? NOTHING, keptForGoodUpTo(record, last.round - 1));
};

/** What of `kept` stays as it is when that round's copy list is copied. */
export const keptForGoodUpTo = (record: MigrationRecord, round: number): Amount =>
  compared(record)
    .filter((one) => one.round <= round)
    .map(({ comparison }) => comparison.keptForGood ?? NOTHING)
    .reduce(plus, record.earlier?.keptForGood ?? NOTHING);

/** What of `remaining` stays as it is when the last comparison's copy list is copied: for a later migration. */
export const remainingForGoodUpTo = (record: MigrationRecord, round: number): Amount =>
  compared(record)
    .filter((one) => one.round <= round)
    .map(({ comparison }) => comparison.remainingForGood)
    .reduce(plus, record.earlier?.remainingForGood ?? NOTHING);

/** When the oldest listing behind `remaining` began, ms. */
export const asOf = (record: MigrationRecord): number | undefined => {
  const rounds = compared(record);
  const last = rounds.at(-1);
  const isEarlierOnly = last?.comparison.listedAt === undefined;
  const earlier =
    record.earlier && (isEarlierOnly || record.earlier.rangesForGood > 0) ? [record.earlier.listedAt] : [];
  const times = rounds
    .filter((round) => round === last || round.comparison.rangesForGood > 0)
    .flatMap(({ comparison }) => comparison.listedAt ?? []);
  const all = [...earlier, ...times];
  return all.length > 0 ? Math.min(...all) : undefined;
};

const OVER_ALL_ROUNDS: readonly Outcome[] = ['copied', 'replaced', 'alreadyThere', 'goneFromSource'];

/** What earlier rounds left damaged on the destination: compared by size it is there, and nobody tries it again. */
const damagedEarlier = (record: MigrationRecord): Amount =>
  copiedRounds(record)
    .slice(0, -1)
    .map(({ copying }) => copying.damaged ?? NOTHING)
    .reduce(plus, NOTHING);

/** Some outcomes add up over all rounds; what failed or changed was compared and tried again, so the last round tells. */
export const outcomesOf = (record: MigrationRecord): Outcomes => {
  const rounds = copiedRounds(record).map(({ copying }) => copying.outcomes);
  const sum = rounds.reduce(addOutcomes, noOutcomes());
  const last = rounds.at(-1) ?? noOutcomes();
  const all = { ...last };
  for (const outcome of OVER_ALL_ROUNDS) all[outcome] = sum[outcome];
  all.failed = plus(all.failed, damagedEarlier(record));
  return all;
};

/** Of the last copying: what broke before was tried again since. */
export const brokeOf = (record: MigrationRecord): string | undefined => copiedRounds(record).at(-1)?.copying.broke;

export const reasonsOf = (record: MigrationRecord): Readonly<Record<string, number>> => {
  const reasons = copiedRounds(record).at(-1)?.copying.reasons ?? {};
  const { count } = damagedEarlier(record);
  return count === 0 ? reasons : { ...reasons, [STORED_DAMAGED]: (reasons[STORED_DAMAGED] ?? 0) + count };
};
