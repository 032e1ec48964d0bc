// Keeps each benchmark's last section and writes RESULTS.md from all of them: what, when, on which machine.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Section } from '../bench.ts';

export interface Kept extends Section {
  readonly ranAt: string;
  readonly machine: string;
}

export const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.versions.node}`;

export const keepResults = async (folder: string, added: Readonly<Record<string, Kept>>): Promise<void> => {
  const file = join(folder, 'results.json');
  const before = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Record<string, Kept>,
    () => ({}),
  );
  const all = { ...before, ...added };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(join(folder, 'RESULTS.md'), markdown(all));
};

const markdown = (all: Readonly<Record<string, Kept>>): string =>
  [
    '# Side by side with the peers\n',
    'Written by `npm run bench`. Medians over the rounds; everybody in turn, on the same data, on one machine; process start included. Figures of other machines differ, the ratios less so.\n',
    ...Object.entries(all)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, section]) => sectionText(name, section)),
  ].join('\n');

const sectionText = (name: string, kept: Kept): string => {
  const { title, text, columns, rows, goals, profiles = [], commands, ranAt, machine: on } = kept;
  return [
    `## ${title}\n`,
    `${text}\n`,
    line(columns),
    line(columns.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map(line),
    '',
    ...goals.map(({ goal, figure, isReached }) => `- ${isReached ? 'Reached' : '**Missed**'}: ${goal}: ${figure}`),
    ...profiles.map(([what, profile]) => `- Where it goes: ${what}: ${profile}`),
    '',
    ...(commands.length > 0 ? ['```sh', ...commands, '```', ''] : []),
    `${ranAt.slice(0, 16).replace('T', ' ')} UTC, ${on}. Again: \`npm run bench -- --only ${name}\`\n`,
  ].join('\n');
};

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
