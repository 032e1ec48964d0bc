// Schedules in EventBridge Scheduler: what is asked of it word by word, and its refusals.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { createEventBridgeScheduler } from '../../lib/deployed/event-bridge-scheduler.ts';
import { SCHEDULER_SETTINGS as settings } from '../support/scheduler-settings.ts';
import { type AwsAnswer, scriptedAws } from '../support/scripted-aws.ts';

const schedule = { name: 'nightly', expression: 'cron(30 2 * * ? *)', timeZone: 'Europe/Vienna' };

const given = (...answers: readonly AwsAnswer[]) => {
  const { config, calls } = scriptedAws(...answers);
  const scheduler = createEventBridgeScheduler(settings, new SchedulerClient(config));
  return { scheduler, calls, steps: () => calls.map(({ method, path }) => `${method} ${path}`) };
};

describe('EventBridge Scheduler', () => {
  test('is told when, in which zone, whom to call as whom, and where firings go that nobody takes', async () => {
    const { scheduler, calls } = given({ body: { ScheduleArn: 'arn:aws:scheduler:…' } });
    await scheduler.set(schedule);
    const { ClientToken, Description, ...body } = calls[0]!.body;
    assert.ok(ClientToken && Description);
    const { Input, ...target } = body.Target as Record<string, unknown>;
    assert.deepEqual(
      { ...body, Target: target },
      {
        GroupName: 'picferry',
        ScheduleExpression: 'cron(30 2 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Vienna',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: settings.startFunctionArn,
          RoleArn: settings.roleArn,
          RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 3_600 },
          DeadLetterConfig: { Arn: settings.deadLetterQueueArn },
        },
      },
    );
    assert.deepEqual(JSON.parse(Input as string), {
      schedule: 'nightly',
      executionId: '<aws.scheduler.execution-id>',
      at: '<aws.scheduler.scheduled-time>',
    });
  });

  test('changes one that exists, and makes it after all where somebody removed it meanwhile', async () => {
    const { scheduler, steps } = given(
      { error: 'ConflictException', status: 409 },
      { error: 'ResourceNotFoundException', status: 404 },
      { body: { ScheduleArn: 'arn' } },
    );
    await scheduler.set(schedule);
    assert.deepEqual(steps(), ['POST /schedules/nightly', 'PUT /schedules/nightly', 'POST /schedules/nightly']);
  });

  test('does not go on for ever', async () => {
    const { scheduler, calls } = given({ error: 'ConflictException', status: 409 });
    await assert.rejects(scheduler.set(schedule), { name: 'ConflictException' });
    assert.ok(calls.length <= 6);
  });

  test('that does not take an expression makes it a UsageError with its own words', async () => {
    const { scheduler } = given({ error: 'ValidationException', body: { Message: 'Invalid Schedule Expression' } });
    await assert.rejects(scheduler.set(schedule), {
      name: 'UsageError',
      message: 'The schedule "nightly" cannot be set: Invalid Schedule Expression',
    });
  });

  for (const [what, answer, name] of [
    ['is busy', { error: 'ThrottlingException', status: 429 }, 'StoreUnavailable'],
    ['has no such group', { error: 'ResourceNotFoundException', status: 404 }, 'ResourceNotFoundException'],
    ['refuses', { error: 'AccessDeniedException', status: 403 }, 'AccessDeniedException'],
  ] as const) {
    test(`that ${what} is an error, and never taken for success`, async () => {
      await assert.rejects(given(answer).scheduler.set(schedule), { name });
    });
  }

  test('forgets one of its group; none of that name is none to forget', async () => {
    const { scheduler, calls, steps } = given({ error: 'ResourceNotFoundException', status: 404 });
    await scheduler.unset('nightly');
    assert.deepEqual(steps(), ['DELETE /schedules/nightly']);
    assert.equal(calls.length, 1);
    await assert.rejects(given({ error: 'AccessDeniedException', status: 403 }).scheduler.unset('nightly'));
  });
});
