// What a million, a hundred million and a billion pictures ask of AWS, on paper: the real arithmetic on simulated time.
import { type Bench, type Goal, percent, type Section } from './bench.ts';
import { COPY_MS, FILE_READ_MS, LIST_PAGE_MS } from './scale/assumptions.ts';
import { costsOf, timesBare, usdOf } from './scale/cost.ts';
import { judge, sentenceOf } from './scale/judge.ts';
import { LAYOUTS, type LayoutName } from './scale/layouts.ts';
import { migrateOnPaper, type Used } from './scale/migration.ts';
import { QUOTAS, type Quotas } from './scale/quotas.ts';
import { rowsOf } from './scale/table.ts';

interface Case {
  readonly name: string;
  readonly layout: LayoutName;
  readonly pictures: number;
}

const CASES: readonly Case[] = [
  { name: '1 M: 17 cameras', layout: 'cameras', pictures: 1e6 },
  { name: '100 M: 1,715 cameras', layout: 'cameras', pictures: 100e6 },
  { name: '1 B: 17,153 cameras', layout: 'cameras', pictures: 1e9 },
  { name: '1 B: 429 clients of 40 cameras', layout: 'clients', pictures: 1e9 },
  { name: '1 B: one flat prefix', layout: 'flat', pictures: 1e9 },
];

/** Times what S3 asks for the same copies and full pages. */
const COST = 1.05;

const TEXT = `No AWS is asked: Plan, Summarise, Verify and Finish are the real steps on records and files of paper, List drives the real Splitter
page by page, Copy takes its rates from the real pace, and the states are walked in the definition itself; the clock is simulated. Half of all pictures are
missing (every second one) and copied, then everything is compared again. A page of a listing takes ${LIST_PAGE_MS} ms, a copy ${COPY_MS} ms, a
file ${FILE_READ_MS} ms, 50 Lambdas at once; nothing fails and nothing is retried
([assumptions](scale/assumptions.ts)). Tasks that are alike by their make are listed once; one of more than 100 million pictures by every so manyth
camera, and taken so many times. Most a second: the busiest children side by side. Quotas with their sources: [quotas.ts](scale/quotas.ts).`;

/** All goals; those of the quotas alone, too. */
type ScaleSection = Section & { readonly quotas: readonly Goal[] };

/** `upTo`: no case of more pictures than that. */
export const measureScale = async (
  say: (what: string) => void,
  { upTo = Number.POSITIVE_INFINITY, quotas = QUOTAS }: { readonly upTo?: number; readonly quotas?: Quotas } = {},
): Promise<ScaleSection> => {
  const cases: Record<string, Used> = {};
  for (const { name, layout, pictures } of CASES.filter((one) => one.pictures <= upTo)) {
    const began = performance.now();
    cases[name] = await migrateOnPaper(LAYOUTS[layout](pictures));
    say(`  ${name}: simulated in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  }
  const quotaGoals = judge(cases, quotas).map(
    (verdict): Goal => ({
      goal: `\`${verdict.quota.name}\`, ${verdict.quota.what}: <= ${verdict.quota.value.toLocaleString('en')} ${verdict.quota.unit}`,
      figure: `${verdict.used.toLocaleString('en')} (${verdict.by})${verdict.isKept ? '' : `; ${sentenceOf(verdict)}`}`,
      isReached: verdict.isKept,
    }),
  );
  return {
    title: 'On paper: a million to a billion pictures on AWS',
    text: TEXT,
    columns: ['figure', ...Object.keys(cases)],
    rows: rowsOf(Object.values(cases)),
    quotas: quotaGoals,
    goals: [...quotaGoals, costGoal(cases)],
    profiles: Object.entries(cases)
      .filter(([, used]) => timesBare(used) > COST)
      .map(([name, used]) => [name, moneyOf(used)]),
    commands: ['npm run bench:scale'],
  };
};

const costGoal = (cases: Readonly<Record<string, Used>>): Goal => {
  const [name, used] = Object.entries(cases).reduce((dear, one) =>
    timesBare(one[1]) > timesBare(dear[1]) ? one : dear,
  );
  return {
    goal: `cost: <= ${COST}x what S3 asks for the same requests`,
    figure: `${timesBare(used).toFixed(3)}x (${name})`,
    isReached: timesBare(used) <= COST,
  };
};

const moneyOf = (used: Used): string => {
  const all = usdOf(used);
  const shares = Object.entries(costsOf(used)).sort(([, a], [, b]) => b - a);
  return `of ${all.toFixed(2)} USD: ${shares.map(([what, one]) => `${what} ${percent(one / all)}`).join(', ')}; as many Lambdas at once as elsewhere share what S3 takes below one prefix, and are paid for while they wait`;
};

export const scale: Bench = {
  name: 'scale',
  run: async ({ isSmoke, say }) => {
    const { quotas, ...section } = await measureScale(say, isSmoke ? { upTo: 1e6 } : {});
    return section;
  },
};
