// Ten million keys against all but one in a hundred of them: memory over time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, megabytes, type Section, seconds } from './bench.ts';
import { builtPicferry } from './support/picferry.ts';
import { openSynthetic, SYNTHETIC_ENV } from './support/synthetic.ts';

const KEYS = 10_000_000;
const LACKING_EVERY = 100;
const MOST_BYTES = 200e6;
const LOOK_EVERY_MS = 500;
const ROWS = 12;

/** What is read of what `--json` prints. */
interface Report {
  readonly findings: Readonly<Record<string, { readonly source: { readonly count: number } } | undefined>>;
}

export const memory: Bench = {
  name: 'memory',
  run: async ({ isSmoke, project, scratch, say }): Promise<Section> => {
    const count = isSmoke ? 50_000 : KEYS;
    await using server = await openSynthetic({
      buckets: { old: ['counters', count], new: ['counters', count, LACKING_EVERY] },
      latencyMs: 0,
    });
    const store = (bucket: string) => ({ bucket, region: 'us-east-1', endpointUrl: server.url });
    await writeFile(
      join(scratch, 'picferry.json'),
      JSON.stringify({ stores: { old: store('old'), new: store('new') } }),
    );
    const picferry = await builtPicferry(project, scratch);
    const argv = [...picferry, 'check', 'old', 'new', '--state-dir', join(scratch, 'memory'), '--json'];
    const began = performance.now();
    const child = spawn(argv[0]!, argv.slice(1), {
      ...{ cwd: scratch, env: { ...process.env, ...SYNTHETIC_ENV }, stdio: ['ignore', 'pipe', 'inherit'] },
    });
    const exit = once(child, 'exit');
    const output = text(child.stdout!);
    const samples: { readonly at: number; readonly bytes: number }[] = [];
    let isOver = false;
    exit.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const bytes = await residentBytes(child.pid!);
      const at = (performance.now() - began) / 1_000;
      if (bytes !== undefined) samples.push({ at, bytes });
      if (samples.length % 20 === 1) say(`  ${at.toFixed(0)} s: ${megabytes(bytes ?? 0)}`);
      await Promise.race([sleep(LOOK_EVERY_MS), exit]);
    }
    const wall = (performance.now() - began) / 1_000;
    const [code] = (await exit) as [number];
    const { findings } = JSON.parse(await output) as Report;
    const missing = Math.floor(count / LACKING_EVERY);
    const found = ['missingOnDestination', 'shared', 'different'].map((finding) => findings[finding]?.source.count);
    if (code !== 1 || found.join() !== `${missing},${count - missing},0`)
      throw new Error(`exit ${code}: ${missing} were to be missing and nothing else, ${JSON.stringify(findings)}`);
    const most = Math.max(...samples.map(({ bytes }) => bytes));
    const every = Math.max(1, Math.ceil(samples.length / ROWS));
    return {
      title: 'Ten million keys in constant memory',
      text: `\`picferry check\` of ${count.toLocaleString('en')} keys against ${(count - missing).toLocaleString('en')}, as it is installed, on a made-up S3 server without latency: resident memory of its process every ${LOOK_EVERY_MS / 1_000} s. It found the ${missing.toLocaleString('en')} that are missing in ${seconds(wall)}.`,
      columns: ['after', 'resident memory'],
      rows: samples
        .filter((_, i) => (samples.length - 1 - i) % every === 0)
        .map(({ at, bytes }) => [`${at.toFixed(1)} s`, megabytes(bytes)]),
      goals: [{ goal: '< 200 MB', figure: `${megabytes(most)} at its peak`, isReached: most < MOST_BYTES }],
      commands: ['picferry check old new'],
    };
  },
};

/** undefined: it has ended. */
const residentBytes = async (pid: number): Promise<number | undefined> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
};
