// Everything a function needs in AWS, put together once per cold start from its environment variables.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { nanoid } from 'nanoid';
import pLimit from 'p-limit';
import type { Side } from '../compare/entry.ts';
import { createMemoryBudget } from '../stores/memory-budget.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Store } from '../stores/store.ts';
import { createStoreCache } from '../stores/store-cache.ts';
import { DEFAULT_LIMITS, type Limits } from '../workflow/limits.ts';
import type { Executions, Liveness, Records, ReportFiles } from '../workflow/ports.ts';
import type { StepContext } from '../workflow/steps/context.ts';
import { createBucketReportFiles } from './bucket-report-files.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { createDynamoRecords } from './dynamo-records.ts';
import { createStepFunctionsExecutions } from './step-functions-executions.ts';

export interface DeployedHost {
  readonly records: Records;
  readonly files: ReportFiles;
  readonly executions: Executions;
  readonly liveness: Liveness;
  readonly limits: Limits;
  openStore(spec: StoreSpec, side: Side): Promise<Store>;
  now(): number;
  /** One invocation's context, out of what Lambda tells the handler. */
  stepContext(invocation: LambdaInvocation, log?: StepContext['log']): StepContext;
  close(): Promise<void>;
}

/** The part of Lambda's context object that counts. */
export interface LambdaInvocation {
  getRemainingTimeInMillis(): number;
}

/** Nobody can look into a Lambda: the lease tells whether it is dead. */
const NOBODY_KNOWS: Liveness = { mine: undefined, isDead: async () => false };

export const openDeployed = (env: Readonly<Record<string, string | undefined>> = process.env): DeployedHost => {
  const configuration = readConfiguration(env);
  const limits = limitsOf(configuration);
  const dynamo = new DynamoDBClient({});
  // Own endpoints have no DNS names for buckets.
  const s3 = new S3Client({ forcePathStyle: Boolean(env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL) });
  const stores = createStoreCache();
  const records = createDynamoRecords(configuration.TABLE_NAME, dynamo);
  const files = createBucketReportFiles(configuration.REPORTS_BUCKET, s3);
  const ports = { records, files, liveness: NOBODY_KNOWS, openStore: stores.open };
  const memory = createMemoryBudget(limits.memoryBytes);
  const now = Date.now;

  return {
    ...ports,
    executions: executionsOf(configuration),
    limits,
    now,
    stepContext: (invocation, log = () => {}) => ({
      ...ports,
      limits,
      now,
      memory,
      log,
      deadline: now() + invocation.getRemainingTimeInMillis(),
      attempt: nanoid(10),
      listPlaces: pLimit(limits.listStreams),
      copyPlaces: pLimit(limits.copiesPerShard),
    }),
    close: async () => {
      await stores.close();
      dynamo.destroy();
      s3.destroy();
    },
  };
};

const executionsOf = ({ STATE_MACHINE_ARN }: Configuration): Executions => {
  if (STATE_MACHINE_ARN) return createStepFunctionsExecutions(STATE_MACHINE_ARN);
  const refuse = async (): Promise<never> => {
    throw new Error('This function has no STATE_MACHINE_ARN: it neither starts nor stops migrations.');
  };
  return { start: refuse, stop: refuse, status: refuse };
};

const limitsOf = (configuration: Configuration): Limits => {
  const { LEASE_SECONDS, HAND_ON_SECONDS, COMMIT_EVERY_SECONDS, SHARD_ENTRIES, COPY_CONCURRENCY } = configuration;
  return {
    ...DEFAULT_LIMITS,
    copyChildren: COPY_CONCURRENCY ?? 50,
    ...(LEASE_SECONDS && { leaseMs: LEASE_SECONDS * 1000 }),
    ...(HAND_ON_SECONDS && { handOnMs: HAND_ON_SECONDS * 1000 }),
    ...(COMMIT_EVERY_SECONDS && { commitEveryMs: COMMIT_EVERY_SECONDS * 1000 }),
    ...(SHARD_ENTRIES && { shardEntries: SHARD_ENTRIES }),
  };
};
