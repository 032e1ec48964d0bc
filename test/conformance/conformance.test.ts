// The interpreter and the emulator run the same definitions to the same end: what is tried embedded holds deployed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createInterpreter, type ExecutionEnd } from '../../lib/embedded/interpreter.ts';
import { startEmulator } from '../support/emulator.ts';
import { BUCKET, CASES, type Case, WORKER } from './cases.ts';
import { openEmulated } from './emulated.ts';
import { handler } from './worker.mjs';

const interpret = async ({ definition, input, items }: Case): Promise<ExecutionEnd> => {
  const interpreter = await createInterpreter({
    definition: JSON.stringify(definition),
    tasks: { [WORKER]: handler },
    readFile: async (bucket, key) =>
      items && bucket === BUCKET && key === 'items.json' ? Buffer.from(JSON.stringify(items)) : undefined,
    checkLimits: true,
  });
  return interpreter.start('one', input).end;
};

/** What the case names of an end: error names are not compared where the emulator has its own. */
const compared = (end: ExecutionEnd, { expected }: Case): unknown =>
  Object.fromEntries(Object.keys(expected).map((field) => [field, end[field as keyof ExecutionEnd]]));

describe('conformance', () => {
  let stop = async (): Promise<void> => {};
  let run: Awaited<ReturnType<typeof openEmulated>>['run'];
  before(async () => {
    const emulator = await startEmulator();
    const emulated = await openEmulated(emulator.endpointUrl);
    run = emulated.run;
    stop = async () => {
      emulated.close();
      await emulator.stop();
    };
  });
  after(() => stop());

  for (const one of CASES) {
    test(one.title, async () => {
      assert.deepEqual(compared(await interpret(one), one), one.expected, 'in the interpreter');
      assert.deepEqual(compared(await run(one), one), one.expected, 'in the emulator');
    });
  }
});
