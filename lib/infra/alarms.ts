// Construct: what somebody should be told of. Each alarm names its section in docs/operations.md.
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { counted } from './metrics.ts';
import type { Settings } from './settings.ts';

export interface AlarmsProps {
  readonly settings: Settings;
  readonly topic: ITopic;
  readonly schedules: ScheduleGroup;
  readonly deadLetters: IQueue;
}

/** Looked at in five minutes: what is counted here is rare, and nobody acts faster. */
const PERIOD = Duration.minutes(5);

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { settings, topic, schedules, deadLetters }: AlarmsProps) {
    super(scope, id);
    const alarms: readonly (readonly [string, string, string, Metric])[] = [
      ['FailedMigration', 'A migration ended as failed.', 'failed-migration', counted(settings, 'FailedMigrations')],
      [
        'FailedPictures',
        'A migration ended, and some pictures could not be copied.',
        'failed-pictures',
        counted(settings, 'Failed'),
      ],
      [
        'ScheduleOverdue',
        'A schedule should have fired and did not.',
        'schedule-not-firing',
        counted(settings, 'OverdueSchedules'),
      ],
      [
        'ScheduleDropped',
        'EventBridge Scheduler gave up a firing after all its attempts.',
        'schedule-not-firing',
        schedules.metricDropped({ period: PERIOD }),
      ],
      [
        'ScheduleRefused',
        'Start could not be called by a schedule; EventBridge Scheduler tries again.',
        'schedule-not-firing',
        schedules.metricTargetErrors({ period: PERIOD }),
      ],
      [
        'DeadLetters',
        'Something waits in the dead-letter queue.',
        'dead-letters',
        deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
      ],
    ];
    for (const [name, what, section, metric] of alarms) {
      metric
        .createAlarm(this, name, {
          alarmDescription: `Picferry: ${what} What to do: docs/operations.md#${section}`,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          // One is one too many.
          threshold: 1,
          evaluationPeriods: 1,
          // Nothing is counted while nothing happens.
          treatMissingData: TreatMissingData.NOT_BREACHING,
        })
        .addAlarmAction(new SnsAction(topic));
    }
  }
}
