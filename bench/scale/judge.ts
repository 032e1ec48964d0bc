// Holds what a migration on paper used against the table of quotas.
import type { Used } from './migration.ts';
import type { Quota, QuotaName, Quotas } from './quotas.ts';

export interface Verdict {
  readonly quota: Quota;
  /** Whole: a part of one counts as one. */
  readonly used: number;
  /** The case that used most. */
  readonly by: string;
  readonly isKept: boolean;
}

/** The others are met where nothing is simulated: test/infra/quotas.test.ts. */
const USES: Partial<Record<QuotaName, (used: Used) => number>> = {
  payloadBytes: ({ biggestPayloadBytes }) => biggestPayloadBytes,
  historyEvents: ({ eventsOfParent, eventsOfChild }) => Math.max(eventsOfParent, eventsOfChild),
  childrenAtOnce: ({ lambdasAtOnce }) => lambdasAtOnce,
  // A child for each Lambda, and the parent.
  openExecutions: ({ lambdasAtOnce }) => lambdasAtOnce + 1,
  transitionsPerSecond: ({ transitionsPerSecond }) => transitionsPerSecond,
  executionSeconds: ({ ms }) => ms / 1_000,
  machineSeconds: ({ ms }) => ms / 1_000,
  mapFileBytes: ({ planBytes, copyPlanBytes }) => Math.max(planBytes, copyPlanBytes),
  mapItemBytes: ({ biggestMapItemBytes }) => biggestMapItemBytes,
  mapItems: ({ childrenInMap }) => childrenInMap,
  lambdaSeconds: ({ longestInvocation }) => longestInvocation.ms / 1_000,
  lambdasAtOnce: ({ lambdasAtOnce }) => lambdasAtOnce,
  itemBytes: ({ biggestItemBytes }) => biggestItemBytes,
  documentBytes: ({ biggestItemBytes }) => biggestItemBytes,
  writeUnitsPerSecond: ({ writeUnitsPerSecond }) => writeUnitsPerSecond,
  partitionWriteUnitsPerSecond: ({ writeUnitsPerSecond }) => writeUnitsPerSecond,
  prefixWritesPerSecond: ({ copyWritesPerSecond }) => copyWritesPerSecond,
  prefixReadsPerSecond: ({ listsPerSecond }) => listsPerSecond,
};

export const judge = (cases: Readonly<Record<string, Used>>, quotas: Quotas): Verdict[] =>
  Object.entries(USES).map(([name, useOf]) => {
    const quota = quotas[name as QuotaName];
    const all = Object.entries(cases).map(([by, used]) => ({ by, used: Math.ceil(useOf(used)) }));
    const largest = all.reduce((more, one) => (one.used > more.used ? one : more));
    return { quota, ...largest, isKept: largest.used <= quota.value };
  });

const inNumbers = (value: number): string => value.toLocaleString('en');

export const sentenceOf = ({ quota: { name, value, unit, what, source, read }, used, by }: Verdict): string => {
  const from = source === 'own' ? "Picferry's own" : `${source}, read ${read}`;
  return `${name} (${what}): used ${inNumbers(used)} ${unit} (${by}), allowed ${inNumbers(value)} (${from})`;
};
