// A deployment's schedules as tests see them.
import type { SchedulerSettings } from '../../lib/deployed/event-bridge-scheduler.ts';

export const SCHEDULER_SETTINGS: SchedulerSettings = {
  group: 'picferry',
  roleArn: 'arn:aws:iam::000000000000:role/schedule',
  startFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:start',
  deadLetterQueueArn: 'arn:aws:sqs:us-east-1:000000000000:dead-letters',
};
