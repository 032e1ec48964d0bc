// Walks the migration's own definition, state after state, without time: which states, how many transitions, how much history.

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly Choices?: readonly Readonly<Record<string, unknown>>[];
  readonly ResultPath?: string | null;
  readonly ItemProcessor?: Machine;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Walked {
  readonly states: readonly string[];
  /** Each state entered, as AWS bills a Standard workflow. */
  readonly transitions: number;
  readonly events: number;
}

/**
 * Events a state leaves behind: entered and exited; a Lambda is scheduled, started and has succeeded; a Map with its run.
 * Without errors: a repetition adds three.
 */
const EVENTS: Readonly<Record<string, number>> = { Task: 5, Map: 6, Choice: 2, Pass: 2 };
/** ExecutionStarted and ExecutionSucceeded. */
const EVENTS_OF_EXECUTION = 2;

/** `work` does what a Task or a Map stands for and answers with its output. */
export const walk = async (
  machine: Machine,
  input: unknown,
  work: (name: string, state: State, input: unknown) => Promise<unknown>,
): Promise<Walked> => {
  const states: string[] = [];
  let events = EVENTS_OF_EXECUTION;
  let data = input;
  for (let name: string | undefined = machine.StartAt; name !== undefined; ) {
    const state: State | undefined = machine.States[name];
    if (state === undefined || EVENTS[state.Type] === undefined) throw new Error(`No way through the state ${name}.`);
    states.push(name);
    events += EVENTS[state.Type]!;
    if (state.Type === 'Choice') {
      name = chosen(state, data);
      continue;
    }
    if (state.Type === 'Task' || state.Type === 'Map') data = placed(state, data, await work(name, state, data));
    name = state.End === true ? undefined : state.Next;
  }
  return { states, transitions: states.length, events };
};

/** ResultPath as the definition uses it: absent, null, or one field. */
const placed = ({ ResultPath = '$' }: State, input: unknown, result: unknown): unknown => {
  if (ResultPath === null) return input;
  return ResultPath === '$' ? result : { ...(input as object), [ResultPath.slice(2)]: result };
};

const chosen = ({ Choices = [], Default }: State, data: unknown): string => {
  const rule = Choices.find((one) => holds(one, data));
  const next = rule?.Next ?? Default;
  if (typeof next !== 'string') throw new Error('A Choice leads nowhere.');
  return next;
};

const holds = ({ Variable, Next, ...test }: Readonly<Record<string, unknown>>, data: unknown): boolean => {
  const path = String(Variable).slice(2).split('.');
  const value = path.reduce<unknown>((at, field) => (at as Record<string, unknown> | undefined)?.[field], data);
  const [operator, wanted] = Object.entries(test)[0] ?? [];
  if (operator === 'NumericGreaterThanEquals') return Number(value) >= Number(wanted);
  if (['StringEquals', 'BooleanEquals', 'NumericEquals'].includes(operator ?? '')) return value === wanted;
  throw new Error(`A Choice with ${operator} is not walked.`);
};
