// What lib/workflow counts, as CloudWatch's metrics: one namespace, told apart by stack.
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from './names.ts';
import type { Settings } from './settings.ts';

export type Counted =
  | 'Listed'
  | 'Missing'
  | 'Copied'
  | 'Bytes'
  | 'Failed'
  | 'FailedMigrations'
  | 'Throttles'
  | 'OverdueSchedules';

export const counted = (settings: Settings, metricName: Counted): Metric =>
  new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    // Powertools' own dimension, from the variable that PicferryFunction sets.
    dimensionsMap: { service: settings.stackName },
    statistic: 'Sum',
    period: Duration.minutes(5),
  });
