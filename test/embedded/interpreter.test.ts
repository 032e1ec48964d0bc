// The interpreter keeps the promises that Step Functions makes: items, children, retriers, catchers, limits, stopping.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createInterpreter,
  type ExecutionEnd,
  type InterpreterOptions,
  type TaskHandler,
} from '../../lib/embedded/interpreter.ts';

const CHILD = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: 'work', End: true } } };
const CAUGHT = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];

/** A Map over `items.json` with what a test adds; its result is the output, a caught error ends in `Caught`. */
const mapOver = (fields: object, child: object = CHILD): string =>
  JSON.stringify({
    StartAt: 'Map',
    States: {
      Map: {
        Type: 'Map',
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSON' },
          Parameters: { Bucket: 'reports', 'Key.$': '$.path' },
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...child },
        Next: 'Done',
        ...fields,
      },
      Done: { Type: 'Succeed' },
      Caught: { Type: 'Pass', End: true },
    },
  });

const taskWith = (fields: object): string =>
  JSON.stringify({
    StartAt: 'Task',
    States: { Task: { Type: 'Task', Resource: 'work', End: true, ...fields }, Caught: { Type: 'Pass', End: true } },
  });

const itemsFile =
  (...items: unknown[]): InterpreterOptions['readFile'] =>
  async (bucket, key) =>
    bucket === 'reports' && key === 'items.json' ? Buffer.from(JSON.stringify(items)) : undefined;

const named = (name: string, message = 'because'): Error => Object.assign(new Error(message), { name });

const run = async (
  definition: string,
  work: TaskHandler,
  options: Partial<InterpreterOptions> & { readonly input?: unknown } = {},
): Promise<ExecutionEnd> => {
  const { input = { path: 'items.json' }, ...others } = options;
  const interpreter = await createInterpreter({
    definition,
    tasks: { work },
    readFile: async () => undefined,
    checkLimits: true,
    ...others,
  });
  return interpreter.start('one', input).end;
};

describe('a Distributed Map', () => {
  test('gives each child what the ItemSelector makes of the input, the item and its index', async () => {
    const ItemSelector = {
      'id.$': '$.id',
      'task.$': '$$.Map.Item.Value',
      'index.$': '$$.Map.Item.Index',
      'execution.$': '$$.Execution.Name',
      fixed: { nested: [1, 'two'] },
    };
    const end = await run(mapOver({ ItemSelector }), async (input) => input, {
      input: { path: 'items.json', id: 'm1' },
      readFile: itemsFile({ a: 1 }, 'b'),
    });
    const child = { id: 'm1', execution: 'one', fixed: { nested: [1, 'two'] } };
    assert.deepEqual(end, {
      status: 'succeeded',
      output: [
        { ...child, task: { a: 1 }, index: 0 },
        { ...child, task: 'b', index: 1 },
      ],
    });
  });

  test('without an ItemSelector hands on the items as they are, in their order', async () => {
    const end = await run(mapOver({ MaxConcurrency: 2 }), async (input) => input, { readFile: itemsFile(3, 1, 2) });
    assert.deepEqual(end, { status: 'succeeded', output: [3, 1, 2] });
  });

  test('keeps its input with ResultPath null', async () => {
    const end = await run(mapOver({ ResultPath: null }), async () => 'ignored', { readFile: itemsFile(1) });
    assert.deepEqual(end, { status: 'succeeded', output: { path: 'items.json' } });
  });

  test('over no items succeeds with none', async () => {
    const end = await run(mapOver({}), async () => assert.fail('no child may run'), { readFile: itemsFile() });
    assert.deepEqual(end, { status: 'succeeded', output: [] });
  });

  test('never runs more children at once than MaxConcurrency', async () => {
    let now = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
    };
    await run(mapOver({ MaxConcurrency: 3 }), work, { readFile: itemsFile(...Array(20).keys()) });
    assert.equal(most, 3);
  });

  test("fails with an uncaught child's error, and starts no other child after it", async () => {
    const seen: unknown[] = [];
    const work = async (input: unknown): Promise<void> => {
      seen.push(input);
      if (input === 2) throw named('IncompleteListing', 'page 3 is missing');
    };
    const end = await run(mapOver({ MaxConcurrency: 1 }), work, { readFile: itemsFile(1, 2, 3, 4) });
    const cause = JSON.stringify({ errorType: 'IncompleteListing', errorMessage: 'page 3 is missing' });
    assert.deepEqual(end, { status: 'failed', error: 'IncompleteListing', cause });
    assert.deepEqual(seen, [1, 2]);
  });

  test('stops the children that run beside a failing one at their next state', async () => {
    const loop = {
      StartAt: 'Work',
      States: {
        Work: { Type: 'Task', Resource: 'work', Next: 'Again' },
        Again: { Type: 'Choice', Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'End' }], Default: 'Work' },
        End: { Type: 'Succeed' },
      },
    };
    const works = async (input: unknown): Promise<unknown> => {
      await new Promise(setImmediate);
      if (input === 'breaks') throw named('StoreRefused');
      return { done: false };
    };
    // The other child would loop for ever: that this ends at all is the proof.
    const end = await run(mapOver({}, loop), works, { readFile: itemsFile('loops', 'breaks') });
    assert.equal(end.status === 'failed' && end.error, 'StoreRefused');
  });

  test('is retried as a whole, and caught, by the name of its error', async () => {
    let calls = 0;
    const work = async (): Promise<void> => {
      calls++;
      throw named('StoreUnavailable');
    };
    const Retry = [{ ErrorEquals: ['StoreUnavailable'], IntervalSeconds: 0, MaxAttempts: 2 }];
    const Catch = [{ ErrorEquals: ['StoreUnavailable'], ResultPath: '$.error', Next: 'Caught' }];
    const end = await run(mapOver({ Retry, Catch }), work, { readFile: itemsFile(1) });
    assert.equal(calls, 3);
    const Cause = JSON.stringify({ errorType: 'StoreUnavailable', errorMessage: 'because' });
    assert.deepEqual(end, {
      status: 'succeeded',
      output: { path: 'items.json', error: { Error: 'StoreUnavailable', Cause } },
    });
  });

  for (const [what, content] of [
    ['is missing', undefined],
    ['is no JSON', Buffer.from('[1,')],
    ['is no array', Buffer.from('{}')],
  ] as const) {
    test(`fails as States.ItemReaderFailed where its file ${what}`, async () => {
      const end = await run(mapOver({ Catch: CAUGHT }), async () => 1, { readFile: async () => content });
      assert.ok(end.status === 'succeeded');
      assert.equal((end.output as { error: { Error: string } }).error.Error, 'States.ItemReaderFailed');
    });
  }

  for (const field of ['ItemBatcher', 'ResultWriter', 'ToleratedFailurePercentage', 'MaxConcurrencyPath']) {
    test(`with ${field}, which nobody here honours, is refused rather than run without it`, async () => {
      await assert.rejects(
        run(mapOver({ [field]: {} }), async () => 1),
        new RegExp(field),
      );
    });
  }
});

describe('a Task', () => {
  const Retry = [
    { ErrorEquals: ['SumsDisagree'], MaxAttempts: 0 },
    { ErrorEquals: ['StoreUnavailable'], IntervalSeconds: 0, MaxAttempts: 4, JitterStrategy: 'FULL' },
    { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 0, MaxAttempts: 2, JitterStrategy: 'FULL' },
  ];
  for (const [error, calls] of [
    ['SumsDisagree', 1],
    ['StoreUnavailable', 5],
    ['TypeError', 3],
  ] as const) {
    test(`that throws ${error} is called ${calls} times by its retriers`, async () => {
      let called = 0;
      const work = async (): Promise<void> => {
        called++;
        throw named(error);
      };
      const end = await run(taskWith({ Retry }), work);
      assert.equal(end.status === 'failed' && end.error, error);
      assert.equal(called, calls);
    });
  }

  test('sees its payload as JSON made it, and so do the states after it', async () => {
    const at = new Date(0);
    const end = await run(taskWith({}), async () => ({ at, none: undefined, list: [undefined] }));
    assert.deepEqual(end, { status: 'succeeded', output: { at: at.toISOString(), list: [null] } });
  });

  test('whose Resource nobody runs is refused before anything starts', async () => {
    const definition = taskWith({ Resource: 'other' });
    await assert.rejects(
      run(definition, async () => assert.fail('started')),
      /the Resource other/,
    );
  });

  test('may be given more time than a timer can count', async () => {
    const end = await run(taskWith({ TimeoutSeconds: 99_999_999 }), async () => {
      await new Promise(setImmediate);
      return 'done';
    });
    assert.deepEqual(end, { status: 'succeeded', output: 'done' });
  });
});

describe("AWS's limits", () => {
  const large = 'x'.repeat(256 * 1024);

  test('end an execution whose state puts out more than 256 KiB, and States.ALL does not catch it', async () => {
    const end = await run(taskWith({ Catch: CAUGHT }), async () => large);
    assert.equal(end.status === 'failed' && end.error, 'States.DataLimitExceeded');
  });

  test('count bytes, not characters', async () => {
    const end = await run(taskWith({}), async () => 'é'.repeat(140_000));
    assert.equal(end.status === 'failed' && end.error, 'States.DataLimitExceeded');
  });

  test("count the children's collected output even where ResultPath drops it", async () => {
    const items = Array(30).fill('x'.repeat(10_000));
    const end = await run(mapOver({ ResultPath: null }), async (input) => input, { readFile: itemsFile(...items) });
    assert.equal(end.status === 'failed' && end.error, 'States.DataLimitExceeded');
  });

  test('end a Map of more than 40,000 items', async () => {
    const readFile = itemsFile(...Array(40_001).keys());
    const end = await run(mapOver({}), async () => assert.fail('no child may run'), { readFile });
    assert.equal(end.status === 'failed' && end.error, 'States.DataLimitExceeded');
  });

  test('refuse a name that is none', async () => {
    const interpreter = await createInterpreter({
      definition: taskWith({}),
      tasks: { work: async () => 1 },
      readFile: async () => undefined,
      checkLimits: true,
    });
    assert.throws(() => interpreter.start('cam1/pictures', {}), /no name of an execution/);
  });

  test('are not looked at when nobody asks', async () => {
    const end = await run(taskWith({}), async () => large, { checkLimits: false });
    assert.equal(end.status, 'succeeded');
  });
});

describe('an execution', () => {
  const started = async (definition: string) => {
    let enter = (): void => {};
    let leave = (): void => {};
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    const released = new Promise<void>((resolve) => {
      leave = resolve;
    });
    let calls = 0;
    const work = async (): Promise<void> => {
      calls++;
      enter();
      await released;
      if (calls === 1) throw named('StoreUnavailable');
    };
    const interpreter = await createInterpreter({ definition, tasks: { work }, readFile: itemsFile(1, 2) });
    const execution = interpreter.start('one', { path: 'items.json' });
    await entered;
    return { execution, leave, calls: () => calls };
  };
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 0, MaxAttempts: 5 }];

  for (const [what, definition] of [
    ['in a task', taskWith({ Retry })],
    ['in a child', mapOver({ MaxConcurrency: 1, Retry })],
  ] as const) {
    test(`stopped ${what} ends at once, is settled when the task ends, and tries nothing again`, async () => {
      const { execution, leave, calls } = await started(definition);
      execution.stop();
      assert.equal((await execution.end).status, 'stopped');
      let settled = false;
      const settling = execution.settled.then(() => {
        settled = true;
      });
      await new Promise(setImmediate);
      assert.equal(settled, false);
      leave();
      await settling;
      await new Promise(setImmediate);
      assert.equal(calls(), 1);
    });
  }

  test('that outlasts its TimeoutSeconds ends as timed out', async () => {
    const definition = JSON.parse(mapOver({ MaxConcurrency: 1 }));
    const { execution, leave } = await started(JSON.stringify({ ...definition, TimeoutSeconds: 0.01 }));
    assert.equal((await execution.end).status, 'timedOut');
    leave();
    await execution.settled;
  });
});
