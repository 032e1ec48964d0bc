// The names that functions, constructs, environment variables and context values go by.
import { STEPS } from '../workflow/payloads.ts';

/** Every Lambda: the definition's steps and the two functions outside it. */
export const FUNCTIONS = [...STEPS, 'Start', 'Settle'] as const;
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
  machineTimeoutSeconds: 'MACHINE_TIMEOUT_SECONDS',
  allowedStores: 'ALLOWED_STORES',
} as const;

/** The table's index by time; lib/deployed queries it by this name. */
export const BY_TIME = 'byTime';

/** Where everything of a migration is in the reports bucket. */
export const MIGRATIONS_PREFIX = 'migrations/';
