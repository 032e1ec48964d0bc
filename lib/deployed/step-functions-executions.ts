// Executions of the deployed state machine.
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
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
export const createStepFunctionsExecutions = (
  stateMachineArn: string,
  client: SFNClient = new SFNClient({}),
): Executions => {
  const executionArn = (migrationId: string): string =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${migrationId}`;

  return {
    start: async (migrationId) => {
      const input = JSON.stringify({ migrationId });
      try {
        await orUnavailable(client.send(new StartExecutionCommand({ stateMachineArn, name: migrationId, input })));
      } catch (error) {
        // It ran before and ended: a repeated start finds it started all the same.
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    stop: async (migrationId) => {
      try {
        await orUnavailable(client.send(new StopExecutionCommand({ executionArn: executionArn(migrationId) })));
      } catch (error) {
        if (!(error instanceof ExecutionDoesNotExist)) throw error;
      }
    },
    status: async (migrationId) => {
      try {
        const describe = new DescribeExecutionCommand({ executionArn: executionArn(migrationId) });
        const { status } = await orUnavailable(client.send(describe));
        return STATUS[status ?? ''] ?? 'unknown';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'unknown';
        throw error;
      }
    },
  };
};
