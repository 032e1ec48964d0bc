// Small definitions that AWS, the emulator and the interpreter must all run alike. Errors are caught as States.ALL:
// in the emulator every exception of a Lambda has the same name.

export interface Case {
  readonly title: string;
  readonly definition: object;
  readonly input: unknown;
  /** What `items.json` in the bucket holds; absent: there is no such file. */
  readonly items?: readonly unknown[];
  readonly expected:
    | { readonly status: 'succeeded'; readonly output: unknown }
    | { readonly status: 'failed'; readonly error?: string; readonly cause?: string };
}

export const BUCKET = 'conformance';
export const WORKER = 'arn:aws:lambda:us-east-1:000000000000:function:worker';

const task = (fields: object) => ({ Type: 'Task', Resource: WORKER, TimeoutSeconds: 60, ...fields });
const work = { StartAt: 'Work', States: { Work: task({ End: true }) } };

const map = (fields: object, child: object = work) => ({
  Type: 'Map',
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSON' },
    Parameters: { Bucket: BUCKET, 'Key.$': '$.path' },
  },
  ItemSelector: { 'id.$': '$.id', 'item.$': '$$.Map.Item.Value' },
  MaxConcurrency: 2,
  ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...child },
  ...fields,
});

const mapAlone = (fields: object, child?: object) => ({
  StartAt: 'Map',
  States: {
    Map: map({ End: true, ...fields }, child),
    Caught: { Type: 'Pass', Parameters: { caught: true, 'id.$': '$.id', 'path.$': '$.path' }, End: true },
  },
});

const CATCH = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];

/** The shape of the migration's children: a task, a Choice that goes back to it, and an empty result. */
const loop = (fields: object = {}) => ({
  StartAt: 'Work',
  States: {
    Work: task({ ResultPath: '$.progress', Next: 'Done?', ...fields }),
    'Done?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.progress.done', BooleanEquals: true, Next: 'End' }],
      Default: 'Work',
    },
    End: { Type: 'Pass', Result: {}, End: true },
  },
});

const input = { id: 'm1', path: 'items.json' };

const choice = (value: object, expected: string): Case => ({
  title: `a Choice over ${JSON.stringify(value)} goes to ${expected}`,
  definition: {
    StartAt: 'Choose',
    States: {
      Choose: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.mode', StringEquals: 'check', Next: 'Text' },
          { Variable: '$.count', NumericEquals: 0, Next: 'Zero' },
          { Variable: '$.rounds', NumericGreaterThanEquals: 3, Next: 'Enough' },
        ],
        Default: 'Default',
      },
      ...Object.fromEntries(
        ['Text', 'Zero', 'Enough', 'Default'].map((name) => [
          name,
          { Type: 'Pass', Result: { went: name }, End: true },
        ]),
      ),
    },
  },
  input: value,
  expected: { status: 'succeeded', output: { went: expected } },
});

export const CASES: readonly Case[] = [
  {
    title: 'a Map gives each child its selected input and keeps the order of the items',
    definition: mapAlone({
      ItemSelector: {
        'id.$': '$.id',
        'item.$': '$$.Map.Item.Value',
        'index.$': '$$.Map.Item.Index',
        fixed: { list: [1, 'two', null] },
      },
    }),
    input,
    items: [{ n: 3 }, { n: 1 }, { n: 2 }],
    expected: {
      status: 'succeeded',
      output: [3, 1, 2].map((n, index) => ({
        seen: { id: 'm1', item: { n }, index, fixed: { list: [1, 'two', null] } },
      })),
    },
  },
  {
    title: 'a Map without an ItemSelector hands on the items',
    definition: mapAlone({ ItemSelector: undefined }),
    input,
    items: [{ n: 1 }, { n: 2 }],
    expected: { status: 'succeeded', output: [{ seen: { n: 1 } }, { seen: { n: 2 } }] },
  },
  {
    title: 'a Map over an empty list succeeds with no result',
    definition: mapAlone({}),
    input,
    items: [],
    expected: { status: 'succeeded', output: [] },
  },
  {
    title: 'ResultPath null keeps the input',
    definition: mapAlone({ ResultPath: null }),
    input,
    items: [{ n: 1 }],
    expected: { status: 'succeeded', output: input },
  },
  {
    title: 'a child loops through its Choice until its task is done',
    definition: mapAlone({}, loop()),
    input,
    items: [{ loops: 1 }, { loops: 4 }],
    expected: { status: 'succeeded', output: [{}, {}] },
  },
  {
    title: 'a child that catches its own error ends like the others',
    definition: mapAlone({}, loop({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'End' }] })),
    input,
    items: [{ breaks: true }, { loops: 2 }],
    expected: { status: 'succeeded', output: [{}, {}] },
  },
  {
    title: 'an uncaught child fails the Map, which may catch it beside its input',
    definition: mapAlone({ Catch: CATCH, ResultPath: null }, loop()),
    input,
    items: [{ loops: 2 }, { breaks: true }, { loops: 1 }],
    expected: { status: 'succeeded', output: { ...input, caught: true } },
  },
  {
    title: 'an uncaught child fails the execution when nobody catches it',
    definition: mapAlone({}, loop()),
    input,
    items: [{ breaks: true }],
    expected: { status: 'failed' },
  },
  {
    title: 'an ItemReader without its file fails the Map',
    definition: mapAlone({ Catch: CATCH }),
    input,
    expected: { status: 'succeeded', output: { ...input, caught: true } },
  },
  {
    title: 'a retrier with no attempts leaves the error to the catcher',
    definition: mapAlone({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }], Catch: CATCH }),
    input,
    items: [{ breaks: true }],
    expected: { status: 'succeeded', output: { ...input, caught: true } },
  },
  {
    title: 'two Maps after one another read what the state before them points to',
    definition: {
      StartAt: 'First',
      States: {
        First: map({ ResultPath: '$.first', Next: 'Second' }),
        Second: map({ ResultPath: '$.second', End: true }, loop()),
      },
    },
    input,
    items: [{ loops: 1 }],
    expected: {
      status: 'succeeded',
      output: { ...input, first: [{ left: 0, done: true }], second: [{}] },
    },
  },
  {
    title: 'a Fail state takes its error and its cause from the input',
    definition: {
      StartAt: 'Failed',
      States: { Failed: { Type: 'Fail', ErrorPath: '$.error', CausePath: '$.cause' } },
    },
    input: { error: 'StoreRefused', cause: 'The bucket is not there.' },
    expected: { status: 'failed', error: 'StoreRefused', cause: 'The bucket is not there.' },
  },
  choice({ mode: 'check', count: 0, rounds: 3 }, 'Text'),
  choice({ mode: 'sync', count: 0, rounds: 3 }, 'Zero'),
  choice({ mode: 'sync', count: 5, rounds: 3 }, 'Enough'),
  choice({ mode: 'sync', count: 5, rounds: 2 }, 'Default'),
];
