// The migration's own definition, interpreted with steps made of paper: which states it goes through, and when.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createInterpreter, type TaskHandler } from '../../lib/embedded/interpreter.ts';
import { readDefinition, withNumbers } from '../../lib/workflow/definition.ts';
import { STEPS, type Step } from '../../lib/workflow/payloads.ts';

const DEFINITION = withNumbers(await readDefinition(), {
  MachineTimeoutSeconds: 600,
  TaskTimeoutSeconds: 60,
  RetrySeconds: 0,
  ListConcurrency: 1,
  CopyConcurrency: 1,
  RoundsThatCopy: 3,
});

const PATHS = { planPath: 'plan.json', copyPlanPath: 'copy-plan.json' };
const id = { migrationId: 'm1' };

/** A sync whose first round finds pictures and copies them, and whose second round finds nothing. */
const PAPER_STEPS: Record<Step, (input: Record<string, unknown>) => unknown> = {
  Plan: () => ({ ...id, round: 1, begin: 'List', ...PATHS }),
  List: () => ({ done: true }),
  Summarise: ({ round }) => ({
    ...id,
    ...PATHS,
    round,
    mode: 'sync',
    copyListCount: round === 1 ? 5 : 0,
    roundsCopied: Number(round) - 1,
    copiedLastRound: round === 1 ? 1 : 5,
    budgetUsedUp: false,
  }),
  Copy: () => ({ done: true }),
  Verify: ({ round }) => ({ ...id, round: Number(round) + 1, ...PATHS }),
  Finish: () => ({}),
  Fail: ({ error }) => ({ error: (error as { Error: string }).Error, cause: 'told' }),
};

const FILES: Readonly<Record<string, unknown>> = { 'plan.json': ['task 1', 'task 2'], 'copy-plan.json': ['item 1'] };

const follow = async (steps: Partial<typeof PAPER_STEPS> = {}, definition = DEFINITION) => {
  const trace: string[] = [];
  const inputs: (readonly [Step, unknown])[] = [];
  const handler =
    (step: Step): TaskHandler =>
    async (input) => {
      inputs.push([step, input]);
      return { ...PAPER_STEPS, ...steps }[step](input as Record<string, unknown>);
    };
  const interpreter = await createInterpreter({
    definition,
    tasks: Object.fromEntries(STEPS.map((step) => [`\${${step}Arn}`, handler(step)])),
    readFile: async (_bucket, key) => Buffer.from(JSON.stringify(FILES[key])),
    trace: (state) => trace.push(state),
    checkLimits: true,
  });
  const end = await interpreter.start('m1', id).end;
  return { trace: trace.join(' '), inputs, end };
};

const throwing = (name: string) => (): never => {
  throw Object.assign(new Error('no way'), { name });
};

const LISTING = 'List ListTask ListDone Listed ListTask ListDone Listed Summarise Decide';
const COPYING = 'Copy CopyShard CopyDone Copied Verify';

describe('a migration', () => {
  test('that syncs compares, copies, compares again and finishes', async () => {
    const { trace, end } = await follow();
    assert.equal(trace, `Plan Begin ${LISTING} ${COPYING} ${LISTING} Finish`);
    assert.equal(end.status, 'succeeded');
  });

  test('that checks never copies', async () => {
    const Summarise = () => ({
      ...id,
      ...PATHS,
      round: 1,
      mode: 'check',
      copyListCount: 5,
      roundsCopied: 0,
      copiedLastRound: 1,
      budgetUsedUp: false,
    });
    assert.equal((await follow({ Summarise })).trace, `Plan Begin ${LISTING} Finish`);
  });

  test('copies nothing once its budget is used up', async () => {
    const Summarise: typeof PAPER_STEPS.Summarise = ({ round }) => ({
      ...(PAPER_STEPS.Summarise({ round: 1 }) as object),
      round,
      budgetUsedUp: round === 2,
    });
    assert.equal((await follow({ Summarise })).trace, `Plan Begin ${LISTING} ${COPYING} ${LISTING} Finish`);
  });

  test('that begins with an earlier list copies first', async () => {
    const Plan = () => ({ ...id, round: 1, begin: 'Copy', ...PATHS });
    assert.equal((await follow({ Plan })).trace, `Plan Begin ${COPYING} ${LISTING} Finish`);
  });

  test('that begins with an earlier list and has no money for it finishes', async () => {
    const Plan = () => ({ ...id, round: 1, begin: 'Finish', ...PATHS });
    assert.equal((await follow({ Plan })).trace, 'Plan Begin Finish');
  });

  test('copies in three rounds at most, and compares after the last', async () => {
    const Summarise: typeof PAPER_STEPS.Summarise = ({ round }) => ({
      ...(PAPER_STEPS.Summarise({ round: 1 }) as object),
      round,
      roundsCopied: Number(round) - 1,
    });
    const { trace } = await follow({ Summarise });
    assert.equal(trace, `Plan Begin ${`${LISTING} ${COPYING} `.repeat(3)}${LISTING} Finish`);
  });

  test('does not copy again after a round that copied nothing', async () => {
    const Summarise: typeof PAPER_STEPS.Summarise = ({ round }) => ({
      ...(PAPER_STEPS.Summarise({ round: 1 }) as object),
      round,
      roundsCopied: Number(round) - 1,
      copiedLastRound: round === 1 ? 1 : 0,
    });
    assert.equal((await follow({ Summarise })).trace, `Plan Begin ${LISTING} ${COPYING} ${LISTING} Finish`);
  });

  test('gives List its task, Copy its item and the others their pointers', async () => {
    const { inputs } = await follow();
    assert.deepEqual(inputs.slice(0, 6), [
      ['Plan', id],
      ['List', { ...id, round: 1, task: 'task 1' }],
      ['List', { ...id, round: 1, task: 'task 2' }],
      ['Summarise', { ...id, round: 1, begin: 'List', ...PATHS }],
      ['Copy', { ...id, round: 1, item: 'item 1' }],
      ['Verify', PAPER_STEPS.Summarise({ round: 1 })],
    ]);
  });

  test('calls List again with the same task while it is not done', async () => {
    let calls = 0;
    const { trace, inputs } = await follow({ List: () => ({ done: ++calls !== 1 }) });
    assert.ok(trace.startsWith('Plan Begin List ListTask ListDone ListTask ListDone Listed ListTask ListDone Listed'));
    const [, first, second] = inputs.map(([, input]) => input as Record<string, unknown>);
    assert.deepEqual(second?.task, first?.task);
  });
});

describe('an error', () => {
  for (const step of ['Plan', 'List', 'Summarise', 'Verify', 'Finish'] as const) {
    test(`in ${step} ends in Fail, which is told its name and message`, async () => {
      const { trace, inputs, end } = await follow({ [step]: throwing('StoreRefused') });
      assert.ok(trace.endsWith('Fail Failed'), trace);
      assert.equal(inputs.filter(([called]) => called === step).length, 1);
      const [, input] = inputs.at(-1) ?? [];
      const Cause = JSON.stringify({ errorType: 'StoreRefused', errorMessage: 'no way' });
      assert.deepEqual((input as { error: unknown }).error, { Error: 'StoreRefused', Cause });
      assert.deepEqual(end, { status: 'failed', error: 'StoreRefused', cause: 'told' });
    });
  }

  test('in a child of Copy ends that child alone', async () => {
    const { trace, end } = await follow({ Copy: throwing('StoreRefused') });
    assert.equal(trace, `Plan Begin ${LISTING} Copy CopyShard Copied Verify ${LISTING} Finish`);
    assert.equal(end.status, 'succeeded');
  });

  for (const [name, calls] of [
    ['SumsDisagree', 1],
    ['LockLost', 1],
    ['NoProgress', 1],
    ['StoreRefused', 1],
    ['StoreUnavailable', 5],
    ['IncompleteListing', 5],
    ['Lambda.TooManyRequestsException', 9],
    ['TypeError', 3],
  ] as const) {
    test(`called ${name} has List called ${calls} times`, async () => {
      const { inputs } = await follow({ List: throwing(name) });
      assert.equal(inputs.filter(([step]) => step === 'List').length, calls);
    });
  }
});

describe('there is no second orchestrator: a changed copy of the definition', () => {
  for (const [what, change, steps, expected] of [
    [
      'with a renamed state',
      (text: string) => text.replaceAll('"Summarise"', '"AddUp"'),
      {},
      /ListDone Listed AddUp Decide/,
    ],
    [
      'with a Choice swapped',
      (text: string) =>
        text.replace('"StringEquals": "Copy"', '"StringEquals": "List"').replace('"Next": "Copy"', '"Next": "Finish"'),
      {},
      /^Plan Begin Finish$/,
    ],
  ] as const) {
    test(`${what} is what runs`, async () => {
      const { trace } = await follow(steps, change(DEFINITION));
      assert.match(trace, expected);
    });
  }

  test('without its retriers calls a failing step once', async () => {
    const changed = JSON.parse(DEFINITION);
    delete changed.States.Plan.Retry;
    const { inputs } = await follow({ Plan: throwing('StoreUnavailable') }, JSON.stringify(changed));
    assert.equal(inputs.filter(([step]) => step === 'Plan').length, 1);
  });
});
