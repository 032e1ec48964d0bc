// What stands around a step in a Lambda: ports opened once per cold start, logs that carry the migration's id.
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { type DeployedHost, openDeployed } from '../lib/deployed/host.ts';
import type { RunStep } from '../lib/workflow/steps/context.ts';

const logger = new Logger({ serviceName: 'picferry' });
let host: DeployedHost | undefined;

/** The error that a handler throws arrives as Lambda's errorType by its `name`: what the definition's retriers go by. */
export const handle = <Input, Output>(run: (input: Input, invocation: Invocation) => Promise<Output>) =>
  middy<Input, Output>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (input, lambda) => {
      host ??= openDeployed();
      return run(input, {
        host,
        getRemainingTimeInMillis: () => lambda.getRemainingTimeInMillis(),
        log: (message, fields) => logger.info(message, { ...fields }),
      });
    });

export interface Invocation {
  readonly host: DeployedHost;
  getRemainingTimeInMillis(): number;
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const handleStep = <Input extends { readonly migrationId: string }, Output>(step: RunStep<Input, Output>) =>
  handle<Input, Output>(async (input, invocation) => {
    logger.appendKeys({ migrationId: input.migrationId });
    return step(input, invocation.host.stepContext(invocation, invocation.log));
  });
