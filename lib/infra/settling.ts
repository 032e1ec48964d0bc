// Construct: what calls Settle. Events tell at once but may get lost; the sweep finds what they did not tell.
import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export class Settling extends Construct {
  constructor(scope: Construct, id: string, settings: Settings, machine: IStateMachine, settle: IFunction) {
    super(scope, id);
    new Rule(this, 'ExecutionEnded', {
      description: 'Picferry: an execution ended without Finish',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [new LambdaFunction(settle, { retryAttempts: 3, maxEventAge: Duration.hours(1) })],
    });
    new Rule(this, 'Sweep', {
      description: 'Picferry: settles migrations whose lease ran out, looks for schedules that did not fire',
      schedule: Schedule.rate(Duration.minutes(settings.sweepMinutes)),
      targets: [new LambdaFunction(settle, { event: RuleTargetInput.fromObject({}), retryAttempts: 0 })],
    });
  }
}
