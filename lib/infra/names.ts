// The names that functions, constructs, environment variables and context values go by.
import { STEPS } from '../workflow/payloads.ts';

/** Every Lambda: the definition's steps and the three functions outside it. */
export const FUNCTIONS = [...STEPS, 'Start', 'Settle', 'Api'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Functions find their surroundings in these; lib/deployed/configuration.ts reads them. */
export const ENVIRONMENT = {
  table: 'TABLE_NAME',
  reportsBucket: 'REPORTS_BUCKET',
  stateMachine: 'STATE_MACHINE_ARN',
  leaseSeconds: 'LEASE_SECONDS',
  handOnSeconds: 'HAND_ON_SECONDS',
  commitEverySeconds: 'COMMIT_EVERY_SECONDS',
  shardEntries: 'SHARD_ENTRIES',
  copyConcurrency: 'COPY_CONCURRENCY',
  listConcurrency: 'LIST_CONCURRENCY',
  machineTimeoutSeconds: 'MACHINE_TIMEOUT_SECONDS',
  allowedStores: 'ALLOWED_STORES',
  prices: 'PRICES',
  linkSeconds: 'LINK_SECONDS',
  linkRole: 'LINK_ROLE_ARN',
  scheduleGroup: 'SCHEDULE_GROUP',
  schedulerRole: 'SCHEDULER_ROLE_ARN',
  startFunction: 'START_FUNCTION_ARN',
  deadLetterQueue: 'DEAD_LETTER_QUEUE_ARN',
  /** Powertools puts it into every log line and makes it the dimension of every metric. */
  service: 'POWERTOOLS_SERVICE_NAME',
} as const;

/** CloudWatch's namespace for what lib/workflow counts; functions/observe.ts writes to it. */
export const METRICS_NAMESPACE = 'Picferry';

/** What lib/deployed/announce.ts sends when a migration has ended. */
export const ENDED_EVENT = { source: 'picferry', detailType: 'Picferry Migration Ended' } as const;

/** The table's index by time; lib/deployed queries it by this name. */
export const BY_TIME = 'byTime';

/** Where everything of a migration is in the reports bucket. */
export const MIGRATIONS_PREFIX = 'migrations/';
