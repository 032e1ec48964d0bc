// Measures a command from its start to its end: time, CPU of it and its children, memory at its peak.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { median } from '../bench.ts';

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that mean it did its work. Absent: 0. */
  readonly goodCodes?: readonly number[];
}

export interface Measured {
  /** Seconds. */
  readonly wall: number;
  /** Seconds, user and system. */
  readonly cpu: number;
  readonly maxRssBytes: number;
  readonly output: string;
}

const MEASURED = join(import.meta.dirname, 'measured.py');
let runs = 0;

/** Throws where it failed: nobody is measured failing. */
export const measure = async (command: Command, scratch: string): Promise<Measured> => {
  const { argv, cwd, env, goodCodes = [0] } = command;
  const out = join(scratch, `measured-${process.pid}-${runs++}.json`);
  const child = spawn('python3', [MEASURED, out, ...argv], {
    ...{ cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const { code, ...took } = JSON.parse(await readFile(out, 'utf8')) as Omit<Measured, 'output'> & { code: number };
  if (!goodCodes.includes(code))
    throw new Error(`${argv.join(' ')}: exit ${code}\n${`${output}${errors}`.slice(-2_000)}`);
  return { ...took, output: output + errors };
};

export interface Contender {
  readonly name: string;
  /** Fewer than asked for where one takes minutes. */
  readonly rounds?: number;
  /** Before each of its turns; unmeasured. */
  before?(): Promise<void>;
  command(): Command;
  /** Throws where it did not do what it was measured for. */
  check?(measured: Measured): void | Promise<void>;
}

export interface Placed extends Omit<Measured, 'output'> {
  readonly name: string;
  readonly rounds: number;
  /** Seconds that the server needed meanwhile; undefined where nobody can tell. */
  readonly serverCpu: number | undefined;
}

interface Stand {
  readonly scratch: string;
  readonly service?: { cpu(): Promise<number | undefined> };
  say(what: string): void;
}

/** In turn, so that whatever else the machine does meets all alike; the first round of each warms up and is not counted. */
export const inTurn = async (
  contenders: readonly Contender[],
  rounds: number,
  { scratch, service, say }: Stand,
): Promise<Placed[]> => {
  const results = new Map<string, (Measured & { readonly serverCpu: number })[]>(
    contenders.map(({ name }) => [name, []]),
  );
  for (let round = 0; round <= rounds; round++) {
    for (const { name, rounds: most = rounds, before, command, check } of contenders) {
      // Who takes minutes has no round to warm up: whoever went before has warmed the server.
      if (round > most || (round === 0 && most < rounds)) continue;
      await before?.();
      const cpuBefore = await service?.cpu();
      const measured = await measure(command(), scratch);
      const serverCpu = ((await service?.cpu()) ?? Number.NaN) - (cpuBefore ?? Number.NaN);
      await check?.(measured);
      say(
        `  ${round === 0 ? 'warming up' : `round ${round}`}: ${name} ${measured.wall.toFixed(2)} s, CPU ${measured.cpu.toFixed(2)} s`,
      );
      if (round > 0) results.get(name)!.push({ ...measured, serverCpu });
    }
  }
  return contenders.map(({ name }) => {
    const all = results.get(name)!;
    return {
      ...{
        name,
        rounds: all.length,
        wall: median(all.map(({ wall }) => wall)),
        cpu: median(all.map(({ cpu }) => cpu)),
      },
      serverCpu: known(median(all.map(({ serverCpu }) => serverCpu))),
      maxRssBytes: Math.max(...all.map(({ maxRssBytes }) => maxRssBytes)),
    };
  });
};

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
