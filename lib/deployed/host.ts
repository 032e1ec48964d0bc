// Everything a function needs in AWS, put together once per cold start from its environment variables.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { nanoid } from 'nanoid';
import pLimit from 'p-limit';
import type { Side } from '../compare/entry.ts';
import { createMemoryBudget } from '../stores/memory-budget.ts';
import { Pace } from '../stores/pace.ts';
import { pricesWith } from '../stores/prices.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Store } from '../stores/store.ts';
import { createStoreCache } from '../stores/store-cache.ts';
import { createAdaptivePlaces } from '../workflow/adaptive-places.ts';
import { DEFAULT_LIMITS, type Limits } from '../workflow/limits.ts';
import type { Announcer, Executions, Liveness, Observer, Records, ReportFiles } from '../workflow/ports.ts';
import type { StepContext } from '../workflow/steps/context.ts';
import { createBucketReportFiles } from './bucket-report-files.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { createDynamoRecords } from './dynamo-records.ts';
import { once } from './once.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface DeployedHost extends Observer, Announcer {
  readonly configuration: Configuration;
  readonly records: Records;
  readonly files: ReportFiles;
  readonly executions: Executions;
  readonly liveness: Liveness;
  readonly limits: Limits;
  openStore(spec: StoreSpec, side: Side): Promise<Store>;
  now(): number;
  /** One invocation's context, out of what Lambda tells the handler. */
  stepContext(invocation: LambdaInvocation): StepContext;
  close(): Promise<void>;
}

/** The part of Lambda's context object that counts. */
export interface LambdaInvocation {
  getRemainingTimeInMillis(): number;
}

/** Nobody can look into a Lambda: the lease tells whether it is dead. */
const NOBODY_KNOWS: Liveness = { mine: undefined, isDead: async () => false };
const UNWATCHED: Observer = { log: () => {}, count: () => {} };

/** Own endpoints have no DNS names for buckets. */
export const s3ClientConfig = (env: Env) => ({
  forcePathStyle: Boolean(env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL),
});

export const openDeployed = (env: Env = process.env, observer: Observer = UNWATCHED): DeployedHost => {
  const configuration = readConfiguration(env);
  const limits = limitsOf(configuration);
  const dynamo = new DynamoDBClient({});
  const s3 = new S3Client(s3ClientConfig(env));
  const pace = new Pace();
  /** The invocation's that runs: a Lambda has one at a time. */
  let slowDown: (() => void) | undefined;
  const stores = createStoreCache({
    pace,
    onThrottle: () => {
      observer.count('Throttles', 1);
      slowDown?.();
    },
    keysOfSecret: async (name) => (await secretKeys())(name),
  });
  const records = createDynamoRecords(configuration.TABLE_NAME, dynamo);
  const files = createBucketReportFiles(configuration.REPORTS_BUCKET, s3);
  const announce: Announcer['announce'] = async (ended) => (await announcer()).announce(ended);
  const ports = { ...observer, announce, records, files, liveness: NOBODY_KNOWS, openStore: stores.open };
  const memory = createMemoryBudget(limits.memoryBytes);
  const now = Date.now;
  const billing = {
    prices: pricesWith(configuration.PRICES),
    lambda: { gigabytes: Number(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 1_769) / 1_024, region: env.AWS_REGION ?? '' },
  };

  return {
    ...ports,
    configuration,
    executions: executionsOf(configuration),
    limits,
    now,
    stepContext: (invocation) => {
      const { places, throttled } = createAdaptivePlaces(limits.copiesPerShard);
      slowDown = throttled;
      return {
        ...ports,
        ...{ limits, billing, now, memory, pace },
        deadline: now() + invocation.getRemainingTimeInMillis(),
        attempt: nanoid(10),
        listPlaces: pLimit(limits.listStreams),
        copyPlaces: places,
      };
    },
    close: async () => {
      await stores.close();
      dynamo.destroy();
      s3.destroy();
    },
  };
};

/** Clients of services that most invocations never call are loaded by the first that does. */
const secretKeys = once(async () => (await import('./secrets.ts')).createSecretKeys());
const announcer = once(async () => (await import('./announce.ts')).createAnnouncer());

const executionsOf = ({ STATE_MACHINE_ARN }: Configuration): Executions => {
  const load = once(async () => {
    if (STATE_MACHINE_ARN === undefined)
      throw new Error('This function has no STATE_MACHINE_ARN: it neither starts nor stops migrations.');
    return (await import('./step-functions-executions.ts')).createStepFunctionsExecutions(STATE_MACHINE_ARN);
  });
  return {
    start: async (migrationId) => (await load()).start(migrationId),
    stop: async (migrationId) => (await load()).stop(migrationId),
    status: async (migrationId) => (await load()).status(migrationId),
  };
};

const limitsOf = (configuration: Configuration): Limits => {
  const { LEASE_SECONDS, HAND_ON_SECONDS, COMMIT_EVERY_SECONDS, SHARD_ENTRIES, COPY_CONCURRENCY, LIST_CONCURRENCY } =
    configuration;
  return {
    ...DEFAULT_LIMITS,
    copyChildren: COPY_CONCURRENCY ?? 50,
    listChildren: LIST_CONCURRENCY ?? 50,
    ...(LEASE_SECONDS && { leaseMs: LEASE_SECONDS * 1000 }),
    ...(HAND_ON_SECONDS && { handOnMs: HAND_ON_SECONDS * 1000 }),
    ...(COMMIT_EVERY_SECONDS && { commitEveryMs: COMMIT_EVERY_SECONDS * 1000 }),
    ...(SHARD_ENTRIES && { shardEntries: SHARD_ENTRIES }),
  };
};
