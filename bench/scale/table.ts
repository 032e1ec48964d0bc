// Figures of migrations on paper as a table for people: a row a figure, a column a case.
import { timesBare, usdOf } from './cost.ts';
import type { Used } from './migration.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const lasting = (ms: number): string => {
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < HOUR) return `${(ms / MINUTE).toFixed(1)} min`;
  return `${(ms / HOUR).toFixed(1)} h`;
};

const whole = (value: number): string => Math.ceil(value).toLocaleString('en');

const sizeOf = (bytes: number): string => {
  if (bytes < 10_000) return `${whole(bytes)} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
};

const usd = (amount: number): string => `${amount.toFixed(2)} USD`;

/** The how manyth time a step ran. */
const step =
  (name: string, time = 0) =>
  ({ steps }: Used): string => {
    const runs = steps.filter((one) => one.name === name);
    return runs[time] === undefined ? '–' : lasting(runs[time].ms);
  };

const children = ({ maps }: Used): string => maps.map((map) => whole(map.children)).join(' / ');

const ROWS: readonly (readonly [figure: string, cell: (used: Used) => string])[] = [
  ['pictures', ({ pictures }) => whole(pictures)],
  ['of them copied', ({ copies }) => whole(copies)],
  ['Plan', step('Plan')],
  ['List', step('List')],
  ['Summarise', step('Summarise')],
  ['Copy', step('Copy')],
  ['Verify', step('Verify')],
  ['List, second comparison', step('List', 1)],
  ['Summarise, second comparison', step('Summarise', 1)],
  ['Finish', step('Finish')],
  ['**in all**', ({ ms }) => `**${lasting(ms)}**`],
  ['as its report forecasts after the first comparison', ({ forecastMs }) => lasting(forecastMs)],
  ['Lambda invocations', ({ invocations }) => whole(invocations)],
  ['longest invocation', ({ longestInvocation: { step: by, ms } }) => `${lasting(ms)} (${by})`],
  ['Lambdas at once', ({ lambdasAtOnce }) => whole(lambdasAtOnce)],
  ['state transitions, children included', ({ transitions }) => whole(transitions)],
  ['most of them a second', ({ transitionsPerSecond }) => whole(transitionsPerSecond)],
  ['children of List / Copy / List', children],
  [
    'events in the longest history: parent, child',
    ({ eventsOfParent, eventsOfChild }) => `${eventsOfParent}, ${eventsOfChild}`,
  ],
  ['biggest state payload', ({ biggestPayloadBytes }) => sizeOf(biggestPayloadBytes)],
  ['plan.json', ({ planBytes }) => sizeOf(planBytes)],
  ['copy-plan.json', ({ copyPlanBytes }) => sizeOf(copyPlanBytes)],
  ['shards', ({ shards }) => whole(shards)],
  ['DynamoDB write units', ({ writeUnits }) => whole(writeUnits)],
  ['most of them a second', ({ writeUnitsPerSecond }) => whole(writeUnitsPerSecond)],
  ['biggest DynamoDB item', ({ biggestItemBytes }) => sizeOf(biggestItemBytes)],
  ['S3 LIST requests', ({ lists }) => whole(lists)],
  ['S3 COPY requests', ({ copies }) => whole(copies)],
  ['most of them a second below one prefix', ({ copyWritesPerSecond }) => whole(copyWritesPerSecond)],
  ['costs for a million copied pictures, all else included', (used) => usd((usdOf(used) * 1e6) / used.copies)],
  ['times what S3 asks for these copies and full pages alone', (used) => timesBare(used).toFixed(3)],
];

export const rowsOf = (cases: readonly Used[]): string[][] =>
  ROWS.map(([figure, cell]) => [figure, ...cases.map((used) => cell(used))]);
