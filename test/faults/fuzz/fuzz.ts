// Fuzzes one target: its corpus, then seeded mutations of it. Fails with the smallest input that breaks what was promised.
import { Worker } from 'node:worker_threads';
import type { TargetName } from './target.ts';

export interface FuzzJob {
  readonly target: TargetName;
  readonly runs: number;
  readonly seed: number;
  /** 4 bytes of length, then the input being looked at. */
  readonly current: SharedArrayBuffer;
  /** ms since 1970. */
  readonly endAt: number;
}

export interface FuzzResult {
  /** Inputs looked at. */
  readonly cases: number;
  readonly failure?: { readonly input: Uint8Array; readonly what: string; readonly why: string };
}

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  readonly endAt?: number;
  /** All of it takes seconds: whoever is not back by then hangs. */
  readonly hangsAfterMs?: number;
}

/** No parser needs more, whatever it is given: the inputs have at most 64 KiB. */
const MEMORY_MB = 256;
const CURRENT_BYTES = 64 * 1024;

export const fuzz = async (
  target: TargetName,
  { runs, seed, endAt = Number.POSITIVE_INFINITY, hangsAfterMs = 120_000 }: FuzzOptions,
): Promise<FuzzResult> => {
  const current = new SharedArrayBuffer(4 + CURRENT_BYTES);
  const job: FuzzJob = { target, runs, seed, current, endAt };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    // What a target prints is nobody's business; unread it would pile up.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  const lookedAt = (): Uint8Array =>
    Uint8Array.from(new Uint8Array(current, 4, Atomics.load(new Int32Array(current, 0, 1), 0)));
  const { promise, resolve } = Promise.withResolvers<FuzzResult>();
  const gaveUp = (why: string) => resolve({ cases: 0, failure: { input: lookedAt(), what: `seed ${seed}`, why } });
  const watchdog = setTimeout(() => gaveUp(`it did not come back within ${hangsAfterMs} ms`), hangsAfterMs);
  worker.once('message', resolve);
  // Memory that runs out, and what was thrown where nobody waited for it.
  worker.once('error', (error) => gaveUp(String(error)));
  worker.once('exit', () => gaveUp('the worker ended without a result'));
  try {
    return await promise;
  } finally {
    clearTimeout(watchdog);
    await worker.terminate();
  }
};

export const described = ({ failure }: FuzzResult): string => {
  if (!failure) return '';
  const input = Buffer.from(failure.input);
  const shown = JSON.stringify(input.toString('latin1'));
  return `${failure.what}: ${failure.why}\nthe input (${input.length} bytes, as latin1): ${shown.slice(0, 2_000)}`;
};
