// Reports for tests of what is made of them.
import type { Amount, Side } from '../../lib/compare/entry.ts';
import type { Finding } from '../../lib/compare/findings.ts';
import { noOutcomes, type Outcome } from '../../lib/compare/outcomes.ts';
import { newStatistics, toCompact } from '../../lib/compare/statistics.ts';
import type { Report } from '../../lib/report/report.ts';

export type Findings = Partial<Record<Finding, Partial<Record<Side, Amount>>>>;

export interface GivenReport extends Partial<Omit<Report, 'findings' | 'outcomes'>> {
  /** `null`: no comparison was completed. */
  readonly findings?: Findings | null;
  readonly contentUnknown?: Amount;
  readonly outcomes?: Partial<Record<Outcome, Amount>>;
}

export const amount = (count: number, bytes = count * 1_000): Amount => ({ count, bytes });

/** A sync that is done, with nothing to do, unless said otherwise. */
export const givenReport = ({ findings = {}, contentUnknown, outcomes, ...given }: GivenReport = {}): Report => {
  const statistics = newStatistics();
  for (const [finding, sides] of Object.entries(findings ?? {}) as [Finding, Partial<Record<Side, Amount>>][]) {
    for (const [side, { count, bytes }] of Object.entries(sides) as [Side, Amount][]) {
      Object.assign(statistics.findings[finding][side].jpg, { count, bytes });
      statistics.listed[side].count += count;
      statistics.listed[side].bytes += bytes;
    }
  }
  Object.assign(statistics.contentUnknown, contentUnknown);
  return {
    id: '20260501-120000-abcdef',
    mode: 'sync',
    status: 'done',
    source: '/old',
    destination: '/new',
    createOnly: 'exclusiveLink',
    startedAt: '2026-05-01T12:00:00.000Z',
    reasons: {},
    rounds: 1,
    ...(findings === null
      ? {}
      : { asOf: '2026-05-01T12:00:01.000Z', remaining: amount(0), findings: toCompact(statistics) }),
    ...given,
    outcomes: { ...noOutcomes(), ...outcomes },
  };
};
