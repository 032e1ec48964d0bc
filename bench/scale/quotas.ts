// AWS's quotas and our own lower limits in one table, each with its source and the month it was read.

export interface Quota {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  /** Where it stands; `own`: a limit of Picferry's that is lower than AWS's. */
  readonly source: string;
  /** Month in which it was read there. */
  readonly read: string;
}

const STEP_FUNCTIONS = 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html';
const ITEM_READER = 'https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html';
const WARM_TABLE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html';
const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html';
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const OWN = 'own';
const READ = '2026-11';

/** Where regions differ, the lowest value; where a quota can be raised, the one an account begins with. */
const TABLE = {
  payloadBytes: [256 * 1024, 'bytes', "a state's input or output", STEP_FUNCTIONS],
  historyEvents: [25_000, 'events', "one execution's history, a child's too", STEP_FUNCTIONS],
  childrenAtOnce: [10_000, 'executions', 'children of a Map at once', STEP_FUNCTIONS],
  openExecutions: [1_000_000, 'executions', 'open at once in an account', STEP_FUNCTIONS],
  transitionsPerSecond: [800, 'a second', 'state transitions (5,000 in three regions)', STEP_FUNCTIONS],
  executionSeconds: [365 * 86_400, 's', 'a Standard execution', STEP_FUNCTIONS],
  mapFileBytes: [10 * 1024 ** 3, 'bytes', 'the file a Map reads its items from', ITEM_READER],
  mapItemBytes: [8 * 1024 ** 2, 'bytes', 'one item of that file', ITEM_READER],
  mapItems: [40_000, 'children', "a Map's items: AWS names no limit, their collected `{}` come near a payload's", OWN],
  machineSeconds: [7 * 86_400, 's', 'machineTimeoutSeconds', OWN],
  lambdaSeconds: [900, 's', 'an invocation', LAMBDA],
  lambdasAtOnce: [1_000, 'invocations', 'at once in an account (a new one begins with fewer)', LAMBDA],
  environmentBytes: [4 * 1024, 'bytes', "a function's variables", LAMBDA],
  inlinePolicyCharacters: [10_240, 'characters', "a role's inline policies", IAM],
  itemBytes: [400 * 1024, 'bytes', 'a DynamoDB item', DYNAMODB],
  documentBytes: [300 * 1024, 'bytes', 'a document of ours in such an item', OWN],
  writeUnitsPerSecond: [4_000, 'a second', 'write units of an on-demand table that was never used', WARM_TABLE],
  partitionWriteUnitsPerSecond: [
    1_000,
    'a second',
    "write units of one partition: a migration's documents",
    WARM_TABLE,
  ],
  prefixWritesPerSecond: [3_500, 'a second', 'PUT, COPY, POST, DELETE below one S3 prefix', S3],
  prefixReadsPerSecond: [5_500, 'a second', 'GET and HEAD below one S3 prefix; listings counted as such', S3],
} as const satisfies Record<string, readonly [number, string, string, string]>;

export type QuotaName = keyof typeof TABLE;
export type Quotas = Readonly<Record<QuotaName, Quota>>;

export const QUOTAS = Object.fromEntries(
  Object.entries(TABLE).map(([name, [value, unit, what, source]]) => [
    name,
    { name, value, unit, what, source, read: READ },
  ]),
) as Quotas;

export const isQuotaName = (name: string): name is QuotaName => name in QUOTAS;

/** The same table with one value changed, so that a person can see what a lower one would do. */
export const withQuota = (quotas: Quotas, name: QuotaName, value: number): Quotas => ({
  ...quotas,
  [name]: { ...quotas[name], value },
});
