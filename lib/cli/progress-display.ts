// Shows progress on stderr: one live line on a terminal, a plain line now and then elsewhere.
import type { WriteStream } from 'node:tty';
import type { MigrationProgress } from '../workflow/progress.ts';
import { keepSamples, paceOf, progressText, type Sample, sampleOf } from './progress-text.ts';

const REDRAW_MS = 250;
const PLAIN_LINE_MS = 10_000;

export interface ProgressDisplay {
  /** How often it wants to hear. */
  readonly everyMs: number;
  show(progress: MigrationProgress): void;
  /** A line of its own, above the live one. */
  say(line: string): void;
  /** Leaves nothing of a live line behind. */
  end(): void;
}

type Stderr = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

export const createProgressDisplay = (
  stderr: Stderr,
  env: NodeJS.ProcessEnv,
  clock: () => number = () => performance.now(),
): ProgressDisplay => (stderr.isTTY && env.TERM !== 'dumb' ? liveLine(stderr, env, clock) : plainLines(stderr, clock));

const liveLine = (stderr: Stderr, env: NodeJS.ProcessEnv, clock: () => number): ProgressDisplay => {
  let samples: Sample[] = [];
  let drawn = false;
  const [dim, plain] = env.NO_COLOR ? ['', ''] : ['\x1b[2m', '\x1b[22m'];
  const clear = () => {
    if (drawn) stderr.write('\r\x1b[K');
    drawn = false;
  };
  return {
    everyMs: REDRAW_MS,
    show: (progress) => {
      samples = keepSamples(samples, sampleOf(progress, clock()));
      // One column stays free: a full line would wrap, and the next redraw would begin one line too low.
      const text = progressText(progress, paceOf(samples), (stderr.columns || 80) - 1);
      stderr.write(`\r${dim}${text}${plain}\x1b[K`);
      drawn = true;
    },
    say: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    end: clear,
  };
};

const plainLines = (stderr: Stderr, clock: () => number): ProgressDisplay => {
  let samples: Sample[] = [];
  let saidAt = Number.NEGATIVE_INFINITY;
  let saidOf = '';
  return {
    everyMs: 1_000,
    show: (progress) => {
      const now = clock();
      samples = keepSamples(samples, sampleOf(progress, now));
      const stage = `${progress.phase} ${progress.round}`;
      if (stage === saidOf && now - saidAt < PLAIN_LINE_MS) return;
      saidAt = now;
      saidOf = stage;
      stderr.write(`${progressText(progress, paceOf(samples))}\n`);
    },
    say: (line) => {
      stderr.write(`${line}\n`);
    },
    end: () => {},
  };
};
