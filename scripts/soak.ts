// `npm run soak -- --minutes N`: everything at once for N minutes, measured; ends with a proof, or with what is wrong.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { csv, row, type Sample, titles } from '../test/faults/soak/measures.ts';
import { runSoak } from '../test/faults/soak/soak.ts';
import { summaryOf } from '../test/faults/soak/summary.ts';
import { flagsOf, usageOf } from './flags.ts';

const HELP = `npm run soak -- [--minutes N] [--seed N] [--out FILE] [--series FILE]

Four pairs of stores (folders and S3 services in memory), four cameras writing to each, migrations in both directions of
each through one "picferry serve" with schedules, and faults all the while: the services throttle, break off and lie, the
disk is full, processes are killed, migrations cancelled, leases stale. Memory, open files and the state folder are
measured every two seconds. It ends with a proof: both sides hold the union, nothing was truncated or overwritten, every
migration ended truthfully, no lock and no leftover stays, and memory and handles are flat over the second half.

  --minutes N    how long, load and proof together; 0.5 at least (default: 2)
  --seed N       for pictures, moments and faults (default: 1)
  --out FILE     writes the result with its figures as Markdown
  --series FILE  writes everything that was measured: CSV, or JSON for a name that ends in .json

Ctrl-C ends the load; the proof follows. A second one leaves at once.
Where something is wrong, folders and state folder are kept to be looked at.
Exit: 0 proved and flat, 1 something is wrong (it is said what), 2 usage, 130 left at once.`;

const usage = usageOf(HELP);
const flags = flagsOf(
  () =>
    parseArgs({
      options: {
        minutes: { type: 'string', default: '2' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string' },
        series: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values,
  HELP,
);
const minutes = Number(flags.minutes);
const seed = Number(flags.seed);
if (!(minutes >= 0.5 && minutes <= 24 * 60)) usage(`--minutes ${flags.minutes}: expected 0.5 to 1440`);
if (!Number.isSafeInteger(seed) || seed < 0) usage(`--seed ${flags.seed}: expected a whole number`);

const write = (file: string | undefined, text: () => string): void => {
  if (file === undefined) return;
  try {
    writeFileSync(file, text());
  } catch (error) {
    usage(`${file} cannot be written: ${(error as Error).message}`);
  }
};
// A name that cannot be written is told now, not after half an hour.
for (const file of [flags.out, flags.series]) write(file, () => '');

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130);
    console.error(`${signal}: the load ends, the proof follows; once more leaves at once.`);
    stopping.abort();
  });
}

/** A row every so many seconds in a log; all of them on one line of a terminal. */
const ROW_EVERY_SECONDS = Math.max(10, minutes * 2);
let shownAt = Number.NEGATIVE_INFINITY;
const show = (sample: Sample): void => {
  const due = sample.seconds - shownAt >= ROW_EVERY_SECONDS;
  if (due) shownAt = sample.seconds;
  if (process.stdout.isTTY) process.stdout.write(`\r${row(sample)}${due ? '\n' : ''}`);
  else if (due) console.log(row(sample));
};

console.log(`Soaking for ${minutes} minutes with seed ${seed}.\n${titles()}`);
const broken = (error: Error): never => {
  console.error(`error: the soak itself broke: ${error.stack ?? error.message}`);
  process.exit(1);
};
const soaked = await runSoak({
  minutes,
  seed,
  signal: stopping.signal,
  keeps: true,
  onSample: show,
  say: (text) => console.log(text),
}).catch(broken);
const summary = summaryOf(soaked, { minutes, seed });
console.log(`\n${summary.text}`);
write(flags.out, () => summary.markdown);
write(flags.series, () => (flags.series?.endsWith('.json') ? JSON.stringify(soaked.samples) : csv(soaked.samples)));
process.exitCode = soaked.wrong.length === 0 ? 0 : 1;
