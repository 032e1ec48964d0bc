// Runs the definition on this machine: the same text that CDK deploys, through aws-local-stepfunctions and our Map driver.
import { type AslMachine, STOPPED, type StateFailure, unknownTo } from './asl.ts';
import { AWS_LIMITS, NO_LIMITS } from './aws-limits.ts';
import { type CompiledMachine, compile } from './compile.ts';
import { loadLibrary } from './load-stepfunctions.ts';
import { type Environment, startMachine, type TaskHandler } from './run-machine.ts';

export type { TaskHandler } from './run-machine.ts';

export interface InterpreterOptions {
  /** Text of the definition; its numbers are filled in, the names of resources may stand as `${PlanArn}`. */
  readonly definition: string;
  /** What a Task state's Resource runs. */
  readonly tasks: Readonly<Record<string, TaskHandler>>;
  /** What an ItemReader reads from. */
  readFile(bucket: string, key: string): Promise<Buffer | undefined>;
  /** Called for every state entered, those of children too. */
  readonly trace?: (state: string) => void;
  /** AWS's limits at every state boundary: for tests. */
  readonly checkLimits?: boolean;
}

export type ExecutionEnd =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed' | 'timedOut' | 'stopped'; readonly error: string; readonly cause: string };

export interface InterpretedExecution {
  /** Never rejects. */
  readonly end: Promise<ExecutionEnd>;
  /** After the end, when no task runs any more: stopped ones end with their next commit, as Lambdas do. */
  readonly settled: Promise<void>;
  stop(): void;
}

export interface Interpreter {
  start(name: string, input: unknown): InterpretedExecution;
}

/** Throws where the definition asks for what it does not know, rather than leaving it out. */
export const createInterpreter = async (options: InterpreterOptions): Promise<Interpreter> => {
  const library = await loadLibrary();
  const compiled = compile(JSON.parse(options.definition) as AslMachine);
  const tasks = new Map(Object.entries(options.tasks));
  for (const [state, resource] of resourcesOf(compiled)) {
    if (!tasks.has(resource)) throw unknownTo(state, `the Resource ${resource}`);
  }
  const limits = options.checkLimits ? AWS_LIMITS : NO_LIMITS;

  const start = (name: string, input: unknown): InterpretedExecution => {
    limits.executionName(name);
    const underWay = new Set<Promise<unknown>>();
    const environment: Environment = {
      library,
      limits,
      task: (resource) => tasks.get(resource) as TaskHandler,
      readFile: options.readFile,
      trace: options.trace ?? (() => {}),
      underWay,
    };
    const { output, stop } = startMachine(compiled, input, { Id: `embedded:${name}`, Name: name }, environment);
    const end = endOf(output);
    return { end, settled: settle(end, underWay), stop };
  };
  return { start };
};

const resourcesOf = (compiled: CompiledMachine): (readonly [state: string, resource: string])[] => [
  ...compiled.tasks,
  ...[...compiled.maps.values()].flatMap((map) => resourcesOf(map.child)),
];

const endOf = async (output: Promise<unknown>): Promise<ExecutionEnd> => {
  try {
    return { status: 'succeeded', output: await output };
  } catch (error) {
    const { name, message } = error as StateFailure;
    const status = name === STOPPED ? 'stopped' : name === 'States.Timeout' ? 'timedOut' : 'failed';
    return { status, error: name, cause: message };
  }
};

const settle = async (end: Promise<unknown>, underWay: ReadonlySet<Promise<unknown>>): Promise<void> => {
  await end;
  while (underWay.size > 0) await Promise.allSettled(underWay);
};
