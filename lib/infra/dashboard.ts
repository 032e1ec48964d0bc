// Construct: one dashboard that answers "what is it doing, and is something wrong". At most 50 metrics: more are not free.
import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Dashboard, GraphWidget, type IMetric, type IWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { counted } from './metrics.ts';
import { FUNCTIONS, type FunctionName } from './names.ts';
import type { Settings } from './settings.ts';

export interface OperationsDashboardProps {
  readonly settings: Settings;
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  readonly machine: IStateMachine;
  readonly schedules: ScheduleGroup;
  readonly deadLetters: IQueue;
  readonly api: HttpApi;
  /** The rule that matches the end of every migration. */
  readonly ended: IRule;
}

const period = Duration.minutes(5);
const TRIGGERED = { namespace: 'AWS/Events', metricName: 'TriggeredRules', statistic: 'Sum', period };

export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: props.settings.stackName,
      defaultInterval: Duration.days(1),
      widgets: [migrations(props), work(props), lambdas(props), surroundings(props)],
    });
  }
}

const graph = (title: string, left: IMetric[], width: number): IWidget =>
  new GraphWidget({ title, left, width, height: 6, period, leftYAxis: { min: 0 } });

const migrations = ({ settings, machine, ended }: OperationsDashboardProps): IWidget[] => [
  graph(
    'Migrations',
    [
      // Every migration that ends sends one event.
      new Metric({ ...TRIGGERED, dimensionsMap: { RuleName: ended.ruleName }, label: 'ended' }),
      counted(settings, 'FailedMigrations').with({ label: 'failed' }),
    ],
    8,
  ),
  graph('Pictures', [counted(settings, 'Listed'), counted(settings, 'Missing'), counted(settings, 'Copied')], 8),
  graph(
    'Executions of the state machine',
    [
      machine.metricStarted({ period }),
      machine.metricFailed({ period }),
      machine.metricAborted({ period }),
      machine.metricTimedOut({ period }),
    ],
    8,
  ),
];

const work = ({ settings }: OperationsDashboardProps): IWidget[] => [
  graph('Bytes copied', [counted(settings, 'Bytes')], 8),
  graph('Pictures that failed', [counted(settings, 'Failed')], 8),
  graph('Times a store said "slow down"', [counted(settings, 'Throttles')], 8),
];

const lambdas = ({ functions }: OperationsDashboardProps): IWidget[] => [
  graph(
    'Errors',
    FUNCTIONS.map((name) => functions[name].metricErrors({ period, label: name })),
    8,
  ),
  graph(
    'Longest invocation, ms',
    FUNCTIONS.map((name) => functions[name].metricDuration({ period, statistic: 'Maximum', label: name })),
    8,
  ),
  graph(
    'At once, and refused by limits',
    (['List', 'Copy'] as const).flatMap((name) => [
      functions[name].metric('ConcurrentExecutions', { period, statistic: 'Maximum', label: name }),
      functions[name].metricThrottles({ period, label: `${name}: refused` }),
    ]),
    8,
  ),
];

const surroundings = ({ settings, schedules, deadLetters, api }: OperationsDashboardProps): IWidget[] => [
  graph(
    'Schedules',
    [
      schedules.metricAttempts({ period, label: 'fired' }),
      schedules.metricTargetErrors({ period, label: 'refused by Start' }),
      schedules.metricDropped({ period, label: 'given up' }),
      counted(settings, 'OverdueSchedules').with({ label: 'overdue' }),
    ],
    8,
  ),
  graph(
    'API',
    [
      api.metricCount({ period, label: 'requests' }),
      api.metricClientError({ period, label: '4xx' }),
      api.metricServerError({ period, label: '5xx' }),
    ],
    8,
  ),
  graph(
    'Dead letters',
    [deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum', label: 'waiting' })],
    8,
  ),
];
