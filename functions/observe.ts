// What operators see of an invocation: log lines and metrics, both with the migration's id.
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Metric, Observer } from '../lib/workflow/ports.ts';

/** Dimension of the metrics too: it tells several deployments in one account apart. */
const serviceName = process.env.POWERTOOLS_SERVICE_NAME ?? 'picferry';

/** POWERTOOLS_LOG_LEVEL, or Lambda's own setting, says what is written. */
export const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: 'Picferry', serviceName });
const sums = new Map<Metric, number>();

export const observer: Observer = {
  log: (message, fields) => logger.info(message, { ...fields }),
  count: (metric, value) => {
    // CloudWatch is paid by the metric and hour, for noughts too; alarms take silence for a nought.
    if (value !== 0) sums.set(metric, (sums.get(metric) ?? 0) + value);
  },
};

/** Runs one invocation: whatever becomes of it, its error is logged under the migration's id and its figures are published. */
export const observed = async <T>(migrationId: string | undefined, run: () => Promise<T>): Promise<T> => {
  if (migrationId !== undefined) logger.appendKeys({ migrationId });
  try {
    return await run();
  } catch (error) {
    logger.error('broke', error as Error);
    throw error;
  } finally {
    for (const [metric, sum] of sums) metrics.addMetric(metric, unitOf(metric), sum);
    if (migrationId !== undefined) metrics.addMetadata('migrationId', migrationId);
    if (sums.size > 0) metrics.publishStoredMetrics();
    sums.clear();
  }
};

const unitOf = (metric: Metric) => (metric === 'Bytes' ? MetricUnit.Bytes : MetricUnit.Count);
