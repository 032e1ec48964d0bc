// One prefix with a million keys: page after page, and cut while it is listed.
import { join } from 'node:path';
import { type Bench, median, percent, type Section, seconds, times } from './bench.ts';
import type { FlatFigures } from './flat-client.ts';
import { type Command, measure } from './support/measure.ts';
import { builtProgram } from './support/picferry.ts';
import { profileOf } from './support/profile.ts';
import { openSynthetic, SYNTHETIC_ENV } from './support/synthetic.ts';
import type { ShapeName } from './synthetic/shapes.ts';

const KEYS = 1_000_000;
const LATENCY_MS = 60;
const RANGES = 64;
const FASTER = 20;
const WASTE = 0.15;
const PAGE = 1_000;

const SHAPES: readonly (readonly [shape: ShapeName, what: string])[] = [
  ['timeStamps', 'time stamps: `20240101000000.jpg`'],
  ['counters', 'counters: `DSC00020000.JPG`'],
  ['hashes', '32 hex digits'],
  ['cyrillic', 'Cyrillic: word, word, number'],
  ['emoji', 'emoji'],
  ['oneFullDay', '365 day folders, 98 % of all keys in one'],
];

export const flat: Bench = {
  name: 'flat',
  run: async ({ isSmoke, rounds, scratch, say }): Promise<Section> => {
    const count = isSmoke ? 20_000 : KEYS;
    const latencyMs = isSmoke ? 2 : LATENCY_MS;
    const client = await builtProgram('flat-client', scratch);
    const fromSource = [process.execPath, join(import.meta.dirname, 'flat-client.ts')];
    const rows: string[][] = [];
    const reached: { readonly faster: number; readonly waste: number }[] = [];
    const profiles: (readonly [string, string])[] = [];
    for (const [shape, what] of SHAPES) {
      await using server = await openSynthetic({
        buckets: { [shape.toLowerCase()]: [shape, count], nothing: ['nothing', 0] },
        ...{ latencyMs, kept: count / PAGE },
      });
      const bucket = shape.toLowerCase();
      let pagesBefore = 0;
      let runs = 0;
      const listing = (program: readonly string[], ranges: number): Command => {
        const state = join(scratch, `flat-${shape}-${runs++}`);
        const argv = [...program, server.url, bucket, String(ranges), state];
        return { argv, cwd: scratch, env: SYNTHETIC_ENV };
      };
      const check = async (ranges: number) => {
        const { cpu, output, maxRssBytes } = await measure(listing(client, ranges), scratch);
        const { wall, listed } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as FlatFigures;
        if (listed !== count) throw new Error(`${shape}: ${listed} of ${count} keys were listed`);
        const { pages } = await server.figures();
        const asked = (pages[bucket] ?? 0) - pagesBefore;
        pagesBefore += asked;
        say(`  ${shape}, ${ranges} at once: ${wall.toFixed(2)} s, ${asked} pages`);
        return { wall, cpu, maxRssBytes, asked };
      };
      const pageAfterPage = await check(1);
      const cut = [];
      for (let round = 0; round < rounds; round++) cut.push(await check(RANGES));
      const wall = median(cut.map((one) => one.wall));
      const asked = median(cut.map((one) => one.asked));
      const faster = pageAfterPage.wall / wall;
      const waste = asked / (count / PAGE) - 1;
      reached.push({ faster, waste });
      if (!isSmoke && faster < FASTER) profiles.push([what, await profileOf(listing(fromSource, RANGES), scratch)]);
      const cpu = median(cut.map((one) => one.cpu));
      rows.push([
        what,
        seconds(pageAfterPage.wall),
        seconds(wall),
        times(faster),
        String(asked),
        percent(waste),
        seconds(cpu),
      ]);
    }
    return {
      title: 'A million keys under one prefix',
      text: `A check of ${count.toLocaleString('en')} keys on one side and none on the other, on a made-up S3 server that takes ${latencyMs} ms for each page of 1,000: page after page, and cut while it is listed, ${RANGES} ranges at once, as between buckets of AWS. Pages beyond ${count / PAGE} are wasted: those that looked for prefixes first, cuts that met nothing, pages that were not full.`,
      columns: ['keys', 'page after page', 'cut', 'faster', 'pages', 'wasted', 'CPU (whole process)'],
      rows,
      goals: [
        {
          goal: `>= ${FASTER}x faster than page after page for every shape`,
          figure: `${times(Math.min(...reached.map(({ faster }) => faster)))} at least`,
          isReached: reached.every(({ faster }) => faster >= FASTER),
        },
        {
          goal: `<= ${WASTE * 100} % wasted requests for every shape`,
          figure: `${percent(Math.max(...reached.map(({ waste }) => waste)))} at most`,
          isReached: reached.every(({ waste }) => waste <= WASTE),
        },
      ],
      profiles,
      commands: [],
    };
  },
};
