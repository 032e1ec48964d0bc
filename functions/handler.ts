// What stands around a step in a Lambda: ports opened once per cold start; logs, metrics and traces with the migration's id.
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { type DeployedHost, openDeployed } from '../lib/deployed/host.ts';
import type { RunStep } from '../lib/workflow/steps/context.ts';
import { logger, observed, observer } from './observe.ts';
import { traced } from './trace.ts';

let host: DeployedHost | undefined;

export interface Invocation {
  readonly host: DeployedHost;
  /** The same for every repetition of an asynchronous invocation. */
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The error that a handler throws arrives as Lambda's errorType by its `name`: what the definition's retriers go by. */
export const handle = <Input, Output>(
  run: (input: Input, invocation: Invocation) => Promise<Output>,
  migrationIdIn: (input: Input) => string | undefined = () => undefined,
) =>
  middy<Input, Output>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (input, lambda) => {
      const id = migrationIdIn(input);
      return observed(id, () =>
        traced(id, () => {
          host ??= openDeployed(process.env, observer);
          const { awsRequestId } = lambda;
          return run(input, { host, awsRequestId, getRemainingTimeInMillis: () => lambda.getRemainingTimeInMillis() });
        }),
      );
    });

export const handleStep = <Input extends { readonly migrationId: string }, Output>(step: RunStep<Input, Output>) =>
  handle<Input, Output>(
    (input, invocation) => step(input, invocation.host.stepContext(invocation)),
    ({ migrationId }) => migrationId,
  );
