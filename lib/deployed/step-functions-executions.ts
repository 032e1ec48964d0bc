// Executions of the deployed state machine. Its client is loaded by whoever starts or stops one: most functions do neither.
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { ExecutionStatus, Executions } from '../workflow/ports.ts';
import { orUnavailable } from './transient.ts';

const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  ABORTED: 'stopped',
  TIMED_OUT: 'timedOut',
};

/** `client` is for tests; by default one is made of the environment. */
export const createStepFunctionsExecutions = (stateMachineArn: string, client?: SFNClient): Executions => {
  let loaded: SFNClient | undefined = client;
  const load = async () => {
    const sdk = await import('@aws-sdk/client-sfn');
    loaded ??= new sdk.SFNClient({});
    return { sdk, client: loaded };
  };
  const executionArn = (migrationId: string): string =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${migrationId}`;

  return {
    start: async (migrationId) => {
      const { sdk, client } = await load();
      const input = JSON.stringify({ migrationId });
      try {
        await orUnavailable(client.send(new sdk.StartExecutionCommand({ stateMachineArn, name: migrationId, input })));
      } catch (error) {
        // It ran before and ended: a repeated start finds it started all the same.
        if (!(error instanceof sdk.ExecutionAlreadyExists)) throw error;
      }
    },
    stop: async (migrationId) => {
      const { sdk, client } = await load();
      try {
        await orUnavailable(client.send(new sdk.StopExecutionCommand({ executionArn: executionArn(migrationId) })));
      } catch (error) {
        if (!(error instanceof sdk.ExecutionDoesNotExist)) throw error;
      }
    },
    status: async (migrationId) => {
      const { sdk, client } = await load();
      try {
        const describe = new sdk.DescribeExecutionCommand({ executionArn: executionArn(migrationId) });
        const { status } = await orUnavailable(client.send(describe));
        return STATUS[status ?? ''] ?? 'unknown';
      } catch (error) {
        if (error instanceof sdk.ExecutionDoesNotExist) return 'unknown';
        throw error;
      }
    },
  };
};
