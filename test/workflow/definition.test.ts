// There is no second orchestrator: whatever changes in a copy of migration.asl.json changes both what is deployed and what runs here.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readDefinition } from '../../lib/workflow/definition.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import { templateOf } from '../infra/synthesised.ts';
import { givenFolders, givenHost, givenPictures, pictures, request, run } from '../support/embedded-migration.ts';

interface State {
  readonly Retry?: unknown;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Default?: string;
}
type Definition = { StartAt: string; States: Record<string, State> };

const CHANGES: readonly (readonly [string, (text: string) => string])[] = [
  ['a renamed state', (text) => text.replaceAll('"Summarise"', '"AddUp"')],
  [
    'a dropped retrier',
    (text) => {
      const definition = JSON.parse(text) as Definition;
      const { Retry, ...plan } = definition.States.Plan!;
      assert.ok(Retry);
      return JSON.stringify({ ...definition, States: { ...definition.States, Plan: plan } });
    },
  ],
  [
    'a swapped Choice',
    (text) => {
      const definition = JSON.parse(text) as Definition;
      const begin = definition.States.Begin!;
      const swapped = { ...begin, Choices: begin.Choices!.map((one) => ({ ...one, Next: 'List' })), Default: 'Finish' };
      return JSON.stringify({ ...definition, States: { ...definition.States, Begin: swapped } });
    },
  ],
];

/** States entered by a sync of three pictures whose Plan fails at its first call. */
const traceOf = async (t: { after(fn: () => Promise<void>): void }, definition: string): Promise<string[]> => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(3));
  const file = join(folders.root, 'changed.asl.json');
  await writeFile(file, definition);
  const trace: string[] = [];
  let calls = 0;
  const host = await givenHost(folders, {
    definition: file,
    trace: (state) => trace.push(state),
    steps: {
      ...steps,
      Plan: async (input: never, context) => {
        if (calls++ === 0) throw new Error('fails once');
        return steps.Plan(input, context);
      },
    },
  });
  await run(host, request(folders, 'sync'));
  return trace;
};

const deployed = async (definition: string): Promise<string> => {
  const machines = (await templateOf({ definition })).findResources('AWS::StepFunctions::StateMachine');
  return JSON.stringify(Object.values(machines).map(({ Properties }) => Properties.DefinitionString));
};

describe('in a copy of the definition', () => {
  for (const [what, change] of CHANGES) {
    test(`${what} is seen in the template and in the embedded trace`, async (t) => {
      const text = await readDefinition();
      const changed = change(text);
      assert.notEqual(await deployed(changed), await deployed(text));
      assert.notDeepEqual(await traceOf(t, changed), await traceOf(t, text));
    });
  }
});
