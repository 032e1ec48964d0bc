// A report's figures as programs read them: every name always there, null where nothing is known.
import { type Amount, SIDES, type Side } from '../compare/entry.ts';
import { FINDINGS, type Finding } from '../compare/findings.ts';
import type { Outcome } from '../compare/outcomes.ts';
import { OUTCOMES } from '../compare/outcomes.ts';
import { amountOf, fromCompact } from '../compare/statistics.ts';
import type { Forecast } from './forecast.ts';
import type { Report } from './report.ts';

/** An amount, or two nulls where no comparison was completed: a 0 would say that nothing is missing. */
export type Figure = Amount | { readonly count: null; readonly bytes: null };

export interface Result {
  readonly id: string;
  readonly status: Report['status'];
  readonly cause?: string;
  readonly message?: string;
  readonly findings: Readonly<Record<Finding, Readonly<Record<Side, Figure>>>>;
  /** Part of `shared`: present on both sides, but whether the content is the same could not be judged. */
  readonly contentUnknown: Figure;
  readonly outcomes: Readonly<Record<Outcome, Amount>>;
  readonly remaining: Figure;
  readonly rounds: number;
  /** Of a sync of what round 1 found; null where no comparison was completed. */
  readonly forecast: Forecast | null;
  /** Path of report.json; missing.jsonl.gz is beside it. */
  readonly report: string;
}

const NOT_KNOWN: Figure = { count: null, bytes: null };
const figure = (amount: Amount | undefined): Figure =>
  amount === undefined ? NOT_KNOWN : { count: amount.count, bytes: amount.bytes };

export const resultOf = (report: Report, reportPath: string): Result => {
  const statistics = report.findings && fromCompact(report.findings);
  const sides = (finding: Finding) => keyed(SIDES, (side) => figure(statistics && amountOf(statistics, finding, side)));
  return {
    id: report.id,
    status: report.status,
    ...(report.cause === undefined ? {} : { cause: report.cause }),
    ...(report.message === undefined ? {} : { message: report.message }),
    findings: keyed(FINDINGS, sides),
    contentUnknown: figure(statistics?.contentUnknown),
    outcomes: keyed(OUTCOMES, (outcome) => ({ ...report.outcomes[outcome] })),
    remaining: figure(report.remaining),
    rounds: report.rounds,
    forecast: report.forecast ?? null,
    report: reportPath,
  };
};

const keyed = <Name extends string, Value>(names: readonly Name[], value: (name: Name) => Value): Record<Name, Value> =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>;
