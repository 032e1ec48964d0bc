// Runs one fuzz target in a thread of its own, whose memory is bounded and which can be ended while it hangs.
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import type { FuzzJob, FuzzResult } from './fuzz.ts';
import { mutants } from './mutate.ts';
import { corpusOf, openTarget } from './target.ts';

const { target: name, runs, seed, current, endAt } = workerData as FuzzJob;

/** Whoever watches reads here what was being looked at when nothing came back. */
const length = new Int32Array(current, 0, 1);
const bytes = new Uint8Array(current, 4);
const note = (input: Buffer): void => {
  bytes.set(input.subarray(0, bytes.length));
  Atomics.store(length, 0, Math.min(input.length, bytes.length));
};

const target = await openTarget(name);
const tried = async (input: Buffer): Promise<void> => {
  note(input);
  // What is left out counts as fine: fuzzing by hand ends at its time.
  if (Date.now() < endAt) await target.check(input);
};

const result = async (): Promise<FuzzResult> => {
  const corpus = corpusOf(name);
  for (const { name: file, bytes: input } of corpus) {
    try {
      await tried(input);
    } catch (error) {
      return { cases: 0, failure: { input: Buffer.from(input), what: `corpus file ${file}`, why: reasonOf(error) } };
    }
  }
  const inputs = mutants(
    corpus.map((one) => one.bytes),
    target.words,
  );
  const checked = await fc.check(fc.asyncProperty(inputs, tried), { seed, numRuns: runs, verbose: 0 });
  const cases = corpus.length + checked.numRuns;
  if (!checked.failed) return { cases };
  const input = Buffer.from(checked.counterexample?.[0] ?? '');
  return { cases, failure: { input, what: `seed ${seed}`, why: reasonOf(checked.errorInstance) } };
};

const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 12).join('\n') : String(error);

parentPort?.postMessage(await result());
await target.close?.();
