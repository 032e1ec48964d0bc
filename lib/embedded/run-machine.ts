// Runs one compiled machine: a migration, or one child of a Distributed Map. Ends by itself, or is stopped.
import { randomUUID } from 'node:crypto';
import { type AslMachine, asLambdaFailure, STOPPED, StateFailure, stopped } from './asl.ts';
import type { AwsLimits } from './aws-limits.ts';
import type { CompiledMachine } from './compile.ts';
import { type DistributedMap, type MapHost, runDistributedMap } from './distributed-map.ts';
import type { Library } from './load-stepfunctions.ts';

export type TaskHandler = (input: unknown) => Promise<unknown>;

/** What all machines of one execution share. */
export interface Environment {
  readonly library: Library;
  readonly limits: AwsLimits;
  task(resource: string): TaskHandler;
  readFile(bucket: string, key: string): Promise<Buffer | undefined>;
  trace(state: string): void;
  /** Handlers under way: like Lambdas, they outlive the execution that started them. */
  readonly underWay: Set<Promise<unknown>>;
}

export interface StartedMachine {
  /** Rejects with a StateFailure. */
  readonly output: Promise<unknown>;
  stop(): void;
}

export interface ExecutionName {
  readonly Id: string;
  readonly Name: string;
}

type Execution = ReturnType<InstanceType<Library['StateMachine']>['run']>;
type Json = Parameters<InstanceType<Library['StateMachine']>['run']>[0];

export const startMachine = (
  compiled: CompiledMachine,
  input: unknown,
  name: ExecutionName,
  environment: Environment,
): StartedMachine => {
  const children = new Set<StartedMachine>();
  let over = false;

  const stopChildren = (): void => {
    for (const child of children) child.stop();
  };
  const stop = (): void => {
    if (over) return;
    over = true;
    execution.abort();
    stopChildren();
  };

  const mapHost = (map: DistributedMap): MapHost => ({
    readFile: environment.readFile,
    stopChildren,
    checkItems: environment.limits.items,
    evaluate: (template, stateInput, context) =>
      evaluate(environment.library, template, stateInput, { Execution: name, ...context }),
    runChild: async (child, _index, childInput) => {
      if (over) throw stopped();
      const childName = randomUUID();
      const Id = `${name.Id}/${map.name}:${childName}`;
      const started = startMachine(child, childInput, { Id, Name: childName }, environment);
      children.add(started);
      try {
        return await started.output;
      } catch (error) {
        // Terminal for the child; its parent may catch it.
        const { name, message } = error as StateFailure;
        throw name === STOPPED ? error : new StateFailure(name, message);
      } finally {
        children.delete(started);
      }
    },
  });

  const handlers: Record<string, (input: Json) => Promise<Json>> = {};
  for (const [state, resource] of compiled.tasks) {
    handlers[state] = (taskInput) => {
      if (over) throw stopped();
      return invoke(environment.task(resource), taskInput, environment.underWay);
    };
  }
  for (const [state, map] of compiled.maps) {
    handlers[state] = async (mapInput) => {
      const outputs = await runDistributedMap(map, mapInput, mapHost(map));
      environment.limits.payload(`The collected output of ${state}`, outputs);
      return outputs as Json;
    };
  }

  const execution = run(environment.library, compiled.machine, input, { Execution: name }, handlers);
  const watched = watch(execution, environment);
  const finish = async (): Promise<unknown> => {
    try {
      const output = await execution.result;
      const violation = await watched;
      if (violation) throw violation;
      return output;
    } catch (error) {
      throw (await watched) ?? failureOf(error, environment.library);
    } finally {
      stop();
    }
  };
  return { output: finish(), stop };
};

/** Payloads pass through JSON, as they do on the way into a Lambda and out of it. */
const invoke = async (handler: TaskHandler, input: Json, underWay: Set<Promise<unknown>>): Promise<Json> => {
  const work = handler(throughJson(input));
  underWay.add(work);
  try {
    return throughJson(await work);
  } catch (error) {
    throw asLambdaFailure(error);
  } finally {
    underWay.delete(work);
  }
};

const throughJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null));

/** Templates are evaluated by the library itself: in a Pass state, the only way in from outside. */
const evaluate = async (
  library: Library,
  template: unknown,
  input: unknown,
  context: Readonly<Record<string, unknown>>,
): Promise<unknown> => {
  const States = { Evaluate: { Type: 'Pass', Parameters: template, End: true } };
  try {
    return await run(library, { StartAt: 'Evaluate', States }, input, context, {}).result;
  } catch (error) {
    throw (error as Error).cause;
  }
};

const run = (
  library: Library,
  machine: AslMachine,
  input: unknown,
  context: Readonly<Record<string, unknown>>,
  taskResourceLocalHandlers: Record<string, (input: Json) => Promise<Json>>,
): Execution =>
  // The definition comes out of a file: its form is the library's to judge, not the compiler's.
  new library.StateMachine(machine as never, { validationOptions: { noValidate: true } }).run(input as Json, {
    context,
    overrides: { taskResourceLocalHandlers },
  });

/** Tells every state entered; ends the execution at the first boundary that AWS would not let pass. */
const watch = async (execution: Execution, { limits, trace }: Environment): Promise<Error | undefined> => {
  let violation: Error | undefined;
  for await (const event of execution.eventLogs) {
    try {
      if (event.type === 'StateEntered') {
        trace(event.state.name);
        limits.payload(`The input of ${event.state.name}`, event.state.input);
      }
      if (event.type === 'StateExited') limits.payload(`The output of ${event.state.name}`, event.state.output);
    } catch (error) {
      violation ??= error as Error;
      execution.abort();
    }
  }
  return violation;
};

const failureOf = (error: unknown, { ExecutionAbortedError, ExecutionTimeoutError }: Library): StateFailure => {
  if (error instanceof StateFailure) return error;
  if (error instanceof ExecutionAbortedError) return stopped();
  if (error instanceof ExecutionTimeoutError) return new StateFailure('States.Timeout', 'The execution timed out.');
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
  return new StateFailure(cause.name, cause.message);
};
