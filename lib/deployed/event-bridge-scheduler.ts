// Schedules in EventBridge Scheduler: each fires Start with its name; what to do then is in the records.
import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import type { Scheduler } from '../api/ports.ts';
import { UsageError } from '../stores/usage-error.ts';
import { orUnavailable } from './transient.ts';

export interface SchedulerSettings {
  /** Only schedules of this group are touched. */
  readonly group: string;
  /** What EventBridge Scheduler calls Start as. */
  readonly roleArn: string;
  readonly startFunctionArn: string;
  /** Where firings go that Start could not be told of. */
  readonly deadLetterQueueArn: string;
}

/** An hour late a sync is still of use; later than that the next firing does the same. */
const RETRY_POLICY = { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 3_600 };

/** Somebody else may set or unset the same schedule between two of our calls. */
const ATTEMPTS = 3;

/** `client` is for tests; by default one is made of the environment. */
export const createEventBridgeScheduler = (
  settings: SchedulerSettings,
  client: SchedulerClient = new SchedulerClient({}),
): Scheduler => ({
  set: async (schedule) => {
    const input = inputOf(schedule, settings);
    try {
      await createOrUpdate(input, client);
    } catch (error) {
      if (!(error instanceof ValidationException)) throw error;
      throw new UsageError(`The schedule "${schedule.name}" cannot be set: ${error.message}`);
    }
  },
  unset: async (name) => {
    try {
      await orUnavailable(client.send(new DeleteScheduleCommand({ Name: name, GroupName: settings.group })));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  },
});

const inputOf = (
  { name, expression, timeZone }: Parameters<Scheduler['set']>[0],
  { group, roleArn, startFunctionArn, deadLetterQueueArn }: SchedulerSettings,
): CreateScheduleCommandInput => ({
  Name: name,
  GroupName: group,
  Description: 'Picferry: starts a migration',
  ScheduleExpression: expression,
  ScheduleExpressionTimezone: timeZone,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: startFunctionArn,
    RoleArn: roleArn,
    // Both placeholders are filled in by the service; its retries of one firing carry the same id.
    Input: JSON.stringify({
      schedule: name,
      executionId: '<aws.scheduler.execution-id>',
      at: '<aws.scheduler.scheduled-time>',
    }),
    RetryPolicy: RETRY_POLICY,
    DeadLetterConfig: { Arn: deadLetterQueueArn },
  },
});

const createOrUpdate = async (input: CreateScheduleCommandInput, client: SchedulerClient): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await orUnavailable(client.send(new CreateScheduleCommand(input)));
      return;
    } catch (error) {
      if (!(error instanceof ConflictException) || attempt === ATTEMPTS) throw error;
    }
    try {
      await orUnavailable(client.send(new UpdateScheduleCommand(input)));
      return;
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException || error instanceof ConflictException)) throw error;
    }
  }
};
