// What a soak says at its end, for a terminal and as Markdown.
import { markdown, type Sample } from './measures.ts';
import type { Soaked } from './soak.ts';

const listed = (amounts: Readonly<Record<string, number>>): string =>
  Object.entries(amounts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${times} × ${what}`)
    .join(', ');

export const summaryOf = (soaked: Soaked, { minutes, seed }: { readonly minutes: number; readonly seed: number }) => {
  const { samples, flatness, proof, tally, pictures, loadSeconds, wrong } = soaked;
  const migrations = Object.values(proof.ended).reduce((sum, times) => sum + times, 0);
  const most = (of: (sample: Sample) => number): string => (Math.max(...samples.map(of)) / 1e6).toFixed(0);
  const verdict =
    wrong.length === 0
      ? 'Proved: both sides hold the union, byte-identical; nothing was truncated or overwritten; every migration ended truthfully; no lock, temporary file or upload stays; memory and handles are flat.'
      : `${wrong.length} WRONG:\n${wrong.map((one) => `- ${one}`).join('\n')}`;
  const facts = [
    `Load: ${loadSeconds} s (asked for ${minutes} minutes in all), seed ${seed}, ${pictures} pictures.`,
    `Migrations: ${migrations}: ${listed(proof.ended)}.`,
    `Faults: ${listed(tally)}, ${samples.at(-1)?.refusals ?? 0} × writes that met a full disk.`,
    ...flatness.map(({ sentence }) => `Second half: ${sentence}.`),
    `Memory of the process: at most ${most(({ rssBytes }) => rssBytes)} MB. Up to ${most(({ youngBytes }) => youngBytes)} MB of it was V8's space for new objects, empty after each collection: it grows in steps to a size of its own, and its pages are kept.`,
    `Growth that is no leak: the state folder keeps ${soaked.stateBytesPerMigration} bytes in ${soaked.stateFilesPerMigration} files a migration (records, lists, reports).`,
  ];
  const text = [...facts, verdict].join('\n');
  const heading = `# Everything at once, for ${minutes} minutes\n\nWritten by \`npm run soak -- --minutes ${minutes} --out FILE\`: one \`picferry serve\` and processes beside it, four pairs of stores, sixteen cameras, all faults at a time.\nRest: nobody asks anything of it; flatness is judged by what is measured then.\n`;
  const markdownText = `${heading}\n${facts.map((fact) => `- ${fact}`).join('\n')}\n\n${verdict}\n\n${markdown(samples)}`;
  return { text, markdown: markdownText };
};
