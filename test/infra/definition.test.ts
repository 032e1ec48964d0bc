// The definition against the language's specification and against the clock: retries, time-outs and lease fit together.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
// @ts-expect-error: it ships no types.
import validate from 'asl-validator';
import { readSettings } from '../../lib/infra/settings.ts';
import { readDefinition } from '../../lib/workflow/definition.ts';
import { templateOf } from './synthesised.ts';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}
interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly ItemProcessor?: Machine;
}
interface Machine {
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

/** As CloudFormation would hand it over, numbers and names filled in. */
const deployedText = async (context: Record<string, unknown> = {}, definition?: string): Promise<string> => {
  const template = await templateOf({ context, ...(definition === undefined ? {} : { definition }) });
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  assert.ok(machine);
  return (machine.Properties.DefinitionString as string)
    .replace(/\$\{(\w+)Arn\}/g, 'arn:aws:lambda:eu-west-1:111122223333:function:$1')
    .replaceAll('$' + '{ReportsBucket}', 'reports');
};
const machineOf = async (context: Record<string, unknown> = {}): Promise<Machine> =>
  JSON.parse(await deployedText(context)) as Machine;
type Validate = (definition: unknown) => { readonly isValid: boolean; errorsText(separator: string): string };
const complaintsOf = (text: string): string => {
  const { isValid, errorsText } = (validate as Validate)(JSON.parse(text));
  return isValid ? '' : errorsText('; ');
};

describe('the definition is valid Amazon States Language', () => {
  test('with the default numbers and with the shortest', async () => {
    assert.equal(complaintsOf(await deployedText()), '');
    const shortest = {
      lambdaTimeoutSeconds: 30,
      leaseSeconds: 40,
      handOnSeconds: 5,
      retrySeconds: 1,
      roundsThatCopy: 1,
    };
    assert.equal(complaintsOf(await deployedText(shortest)), '');
  });

  const BROKEN: [string, (text: string) => string, RegExp][] = [
    ['a state that is not there', (text) => text.replace('"Next": "Decide"', '"Next": "Decided"'), /Decided/],
    ['a misspelt field', (text) => text.replace('"ItemReader"', '"ItemsReader"'), /List/],
    ['a path that is none', (text) => text.replace('"$.copyListCount"', '"copyListCount"'), /Decide/],
  ];
  for (const [what, broken, said] of BROKEN) {
    test(`and would not be with ${what}`, async () => {
      assert.match(complaintsOf(await deployedText({}, broken(await readDefinition()))), said);
    });
  }
});

/** Seconds; with full jitter every delay is at most this. */
const delaysOf = ({
  MaxAttempts,
  IntervalSeconds = 1,
  BackoffRate = 2,
  MaxDelaySeconds = Infinity,
}: Retrier): number[] =>
  Array.from({ length: MaxAttempts }, (_, n) => Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n));
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

const tasksOf = ({ States }: Machine): [string, State][] =>
  Object.entries(States).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [[name, state] as [string, State]] : []),
    ...(state.ItemProcessor ? tasksOf(state.ItemProcessor) : []),
  ]);
/** Every retrier counts for itself, so that the worst case uses all of them up. */
const worstSecondsOf = ({ Retry = [], TimeoutSeconds = Infinity }: State): number =>
  (1 + sum(Retry.map(({ MaxAttempts }) => MaxAttempts))) * TimeoutSeconds + sum(Retry.flatMap(delaysOf));

describe('the arithmetic of retries', () => {
  const settings = readSettings(() => undefined);

  test('a task ends with its Lambda: its own time-out comes a little later, and before the lease', async () => {
    for (const [name, { TimeoutSeconds = 0 }] of tasksOf(await machineOf())) {
      assert.ok(TimeoutSeconds > settings.lambdaTimeoutSeconds, name);
      assert.ok(TimeoutSeconds < settings.leaseSeconds, name);
    }
  });

  test('no lock lapses between one attempt and the next: each begins by renewing it', async () => {
    for (const [name, { Retry = [] }] of tasksOf(await machineOf())) {
      const longest = Math.max(0, ...Retry.flatMap(delaysOf));
      assert.ok(settings.lambdaTimeoutSeconds + longest < settings.leaseSeconds, `${name}: ${longest} s`);
    }
  });

  test('steps that try and fail as long as they can leave most of a migration’s time to listing and copying', async () => {
    const { TimeoutSeconds, States } = await machineOf();
    const { roundsThatCopy: rounds } = settings;
    const times = { Plan: 1, Summarise: rounds + 1, Verify: rounds, Finish: 1, Fail: 1 };
    const worst = sum(Object.entries(times).map(([name, count]) => count * worstSecondsOf(States[name]!)));
    assert.ok(worst < TimeoutSeconds / 3, `${worst} of ${TimeoutSeconds} s`);
  });

  test('a store that is away for a quarter of an hour is waited for by nobody; one that is away for seconds, by all', async () => {
    for (const [name, { Retry = [] }] of tasksOf(await machineOf())) {
      const waited = sum(Retry.filter(({ ErrorEquals }) => ErrorEquals.includes('StoreUnavailable')).flatMap(delaysOf));
      assert.ok(waited >= 30 && waited <= 900, `${name} waits ${waited} s`);
    }
  });

  test('Step Functions takes its numbers: a delay of a second or more, a longest one above the first', async () => {
    for (const retrySeconds of [1, 30]) {
      for (const [name, { Retry = [] }] of tasksOf(await machineOf({ retrySeconds }))) {
        for (const { MaxAttempts, IntervalSeconds = 1, MaxDelaySeconds = Infinity } of Retry) {
          assert.ok(MaxAttempts === 0 || (IntervalSeconds >= 1 && MaxDelaySeconds > IntervalSeconds), name);
        }
      }
    }
    assert.throws(() => readSettings((name) => (name === 'retrySeconds' ? 60 : undefined)), /retrySeconds/);
  });

  test('a child that loops as long as a migration may run stays below the 25,000 events of a history', async () => {
    // Entered, scheduled, started, succeeded, left; the Choice's entered and left.
    const events = 7;
    const loops = settings.machineTimeoutSeconds / (settings.lambdaTimeoutSeconds - settings.handOnSeconds);
    assert.ok(loops * events < 25_000, `${loops * events} events`);
  });
});
