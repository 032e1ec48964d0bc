// Writes docs/faults.md from what the fault tests noted as they passed; says what the document claims and they did not prove.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLACES, type Proved, STORES } from '../test/faults/ledger.ts';

const DOCUMENT = new URL('../docs/faults.md', import.meta.url);

export const readLedger = (folder: string): Proved[] =>
  readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Proved);

/** One cell a fault, pair of stores and place, however many tests noted it; in the order of their names. */
export const cellsOf = (ledger: readonly Proved[]): Proved[] => {
  const cells = new Map<string, Proved>();
  for (const one of ledger) {
    const name = nameOf(one);
    const found = cells.get(name);
    cells.set(name, found ? { ...found, cases: found.cases + one.cases } : one);
  }
  return [...cells.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
};

export const nameOf = ({ fault, stores, where }: Proved): string => `${fault} | ${stores} | ${where}`;

const grouped = (cells: readonly Proved[], of: (cell: Proved) => string): [string, Proved[]][] =>
  Object.entries(Object.groupBy(cells, of)) as [string, Proved[]][];

const count = (cells: readonly Proved[]): number => cells.reduce((sum, { cases }) => sum + cases, 0);
const figure = (value: number): string => value.toLocaleString('en');

export const documentOf = (cells: readonly Proved[]): string => {
  const faults = grouped(cells, ({ fault }) => fault);
  const here = (of: readonly Proved[]): string =>
    of.length === 0
      ? '–'
      : of.map(({ cases, states, where }) => `${figure(cases)}${states ? ' states' : ''} ${SHORT[where]}`).join('<br>');
  const rows = faults.map(
    ([fault, of]) =>
      `| ${fault} | ${STORES.map((stores) => here(of.filter((one) => one.stores === stores))).join(' | ')} |`,
  );
  const made = faults.map(([fault, of]) => `| ${fault} | ${[...new Set(of.map(({ how }) => how))].join('; ')} |`);
  return `# What breaks, and what is lost: nothing

Written by \`npm test\` from what its fault tests noted as they passed; edit the tests, not this file. Every number is a count of
cases in which, after the fault, **nothing was lost and nothing misreported**: every picture of the source that no filter excluded was
byte-identical on the destination or named in a list (missing, left, failed) with its reason; nothing that was there had changed; the
source was untouched; no half-written picture stood under a picture's name; sums balanced; the pair was free again; the same command,
run once more without the fault, completed. A dash: this fault cannot meet these stores.

${figure(count(cells.filter(({ states }) => !states)))} cases, and ${figure(count(cells.filter(({ states }) => states)))} states of a model in which two migrations meet in any order. Figures of a long run with everything at once: [soak.md](soak.md).

${PLACES.map((place) => `- **${SHORT[place]}**: ${LONG[place]}`).join('\n')}

| fault | ${STORES.join(' | ')} |
| --- | ${STORES.map(() => '---').join(' | ')} |
${rows.join('\n')}

## How each was made

| fault | how |
| --- | --- |
${made.join('\n')}
`;
};

const SHORT: Readonly<Record<Proved['where'], string>> = {
  embedded: 'embedded',
  'processes of their own': 'in processes',
  'as deployed, in the interpreter': 'as deployed',
  emulator: 'on the emulator',
};

const LONG: Readonly<Record<Proved['where'], string>> = {
  embedded: 'the embedded mode, the fault put between it and its stores, records or files',
  'processes of their own': '`picferry` as a process of its own, killed for real',
  'as deployed, in the interpreter':
    'the deployed definition in the interpreter: invocations with deadlines, a lease, nobody who could tell whether a process lives',
  emulator: 'deployed with CDK into the emulator: Step Functions, Lambda processes, DynamoDB and S3',
};

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('Give the folder that the tests noted in.');
  const cells = cellsOf(readLedger(folder));
  const before = read();
  const written = documentOf(cells);
  writeFileSync(DOCUMENT, written);
  const gone = claimsOf(before).filter((row) => !claimsOf(written).includes(row));
  console.log(`docs/faults.md: ${cells.length} cells`);
  for (const row of gone) console.error(`docs/faults.md claimed what was not proved this time: ${row}`);
  process.exit(gone.length > 0 ? 1 : 0);
}

function read(): string {
  try {
    return readFileSync(DOCUMENT, 'utf8');
  } catch {
    return '';
  }
}

/** Its rows without their counts: what is claimed, wherever. */
function claimsOf(document: string): string[] {
  const [table = ''] = document.split('## How each');
  return table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.replace(/[\d,]+ (?=[a-z])/g, ''));
}
