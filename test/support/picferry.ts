// Runs the CLI as a user would: a process of its own, its own state folder, its exit code and streams.
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

export const PICFERRY = resolve(import.meta.dirname, '../../bin/picferry.js');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ran>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Nothing of the user's AWS settings, so that a test can never reach a real account. */
const ENV = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));

export const startPicferry = (args: readonly string[], { env = {}, cwd = tmpdir() }: RunOptions = {}): Running => {
  const child = spawn(process.execPath, [PICFERRY, ...args], { cwd, env: { ...ENV, ...env } as NodeJS.ProcessEnv });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ran>((done, broken) => {
    child.once('error', broken);
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { process: child, ended };
};

export const picferry = (args: readonly string[], options?: RunOptions): Promise<Ran> =>
  startPicferry(args, options).ended;

/** What `--json` printed; fails with the streams where that is not one object. */
export interface Result {
  readonly id: string;
  readonly status: string;
  readonly cause?: string;
  readonly message?: string;
  readonly findings: Record<string, Record<'source' | 'destination', { count: number | null; bytes: number | null }>>;
  readonly outcomes: Record<string, { count: number; bytes: number }>;
  readonly remaining: { count: number | null; bytes: number | null };
  readonly rounds: number;
  readonly report: string;
}

export const resultIn = ({ code, stdout, stderr }: Ran): Result => {
  try {
    return JSON.parse(stdout) as Result;
  } catch {
    throw new Error(`No JSON on stdout (exit ${code}).\nstdout: ${stdout}\nstderr: ${stderr}`);
  }
};

/** Outcomes that are not 0, by count: what most assertions are about. */
export const outcomeCounts = ({ outcomes }: Result): Record<string, number> =>
  Object.fromEntries(
    Object.entries(outcomes)
      .map(([name, { count }]) => [name, count] as const)
      .filter(([, count]) => count > 0),
  );
