// The part of the Amazon States Language that the interpreter itself looks at.

export interface AslState {
  readonly Type: string;
  readonly [field: string]: unknown;
}

export interface AslMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
  readonly TimeoutSeconds?: number;
}

/**
 * An error as a state shows it: the name is what Retry and Catch match, the message becomes `Cause`.
 * The library asks `isRetryable` and `isCatchable`; a terminal one ends the execution whatever the definition says.
 */
export class StateFailure extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, terminal = false) {
    super(cause);
    this.name = name;
    this.isRetryable = !terminal;
    this.isCatchable = !terminal;
  }
}

/** What Step Functions makes of a Lambda's exception. */
export const asLambdaFailure = (error: unknown): StateFailure => {
  if (error instanceof StateFailure) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new StateFailure(name, JSON.stringify({ errorType: name, errorMessage: message }));
};

/** The execution was stopped: nothing catches it, nothing tries again. */
export const STOPPED = 'Stopped';
export const stopped = (): StateFailure => new StateFailure(STOPPED, 'The execution was stopped.', true);

/** Better refused than ignored: the embedded run would silently differ from the deployed one. */
export const unknownTo = (state: string, what: string): StateFailure =>
  new StateFailure('States.Runtime', `The interpreter does not know ${what} (state ${state}).`, true);
