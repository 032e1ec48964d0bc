// What can be set at synthesis with `cdk … -c name=value`; nothing here needs an AWS account.
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';

const YES_NO = z.enum(['true', 'false']).transform((text) => text === 'true');
const positive = z.coerce.number().int().positive();

/** CloudWatch keeps logs for as long as one of these and not for anything between. */
const LOG_DAYS = `must be one of ${Object.values(RetentionDays)
  .filter((days) => typeof days === 'number' && days < 9_999)
  .join(', ')}`;

const SCHEMA = z
  .object({
    /** The folder whose picferry.json names the deployment's stores; given, it must have one. */
    config: z.string().optional(),
    /** Another definition than lib/workflow/migration.asl.json: tests show that it is what runs. */
    definition: z.string().optional(),
    stackName: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,40}$/)
      .default('Picferry'),
    lambdaTimeoutSeconds: positive.max(900).default(900),
    leaseSeconds: positive.default(1_200),
    /** What List and Copy keep of their time for their last commit. */
    handOnSeconds: positive.default(30),
    commitEverySeconds: positive.default(5),
    shardEntries: positive.max(50_000).default(5_000),
    /** A migration is given up after this long. */
    machineTimeoutSeconds: positive.max(31_536_000).default(7 * 86_400),
    /** First delay of every retrier. The definition's longest, a minute, must be longer. */
    retrySeconds: positive.max(30).default(2),
    listConcurrency: positive.max(1_000).default(50),
    copyConcurrency: positive.max(1_000).default(50),
    /** Lambda keeps so many for List, or Copy, and gives them no more. Absent: they share what the account has. */
    listReservedConcurrency: positive.optional(),
    copyReservedConcurrency: positive.optional(),
    roundsThatCopy: positive.default(3),
    /** How often Settle looks for migrations that were killed, and for schedules that did not fire. */
    sweepMinutes: positive.max(60).default(5),
    /** How long links to report files are good for. At most an hour: so long AWS lets a role's role live. */
    linkSeconds: positive.max(3_600).default(3_600),
    /** A watching CLI asks every few seconds: a dozen of them use a tenth of this. What is above it is answered 429. */
    apiRatePerSecond: positive.max(10_000).default(50),
    apiBurst: positive.max(5_000).default(100),
    /** Who is told of ended migrations and of alarms. AWS asks them for their consent first. */
    notifyEmail: z.email().optional(),
    /** A KMS key of yours for the messages; docs/guides/kms.md has its policy. */
    notifyKmsKeyArn: z.string().startsWith('arn:').optional(),
    /** Three dashboards of an account are free, every other one costs 3 USD a month. */
    dashboard: YES_NO.default(true),
    reportDays: positive.default(365),
    logDays: positive.refine((days) => RetentionDays[days] !== undefined, LOG_DAYS).default(90),
    architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
    /** `false` leaves the TLS-only statements out of bucket, queue and topic: for an emulator over HTTP. */
    tlsOnly: YES_NO.default(true),
    /** `cli` deploys with the caller's own credentials instead of the bootstrap's roles. */
    credentials: z.enum(['bootstrap', 'cli']).default('bootstrap'),
    /** KMS keys of the stores' buckets, separated by commas. */
    kmsKeyArns: z
      .string()
      .default('')
      .transform((text) => text.split(',').filter((arn) => arn !== '')),
  })
  // A lock that lapsed under a running invocation would let a second migration write to the same pair.
  .refine((settings) => settings.leaseSeconds > settings.lambdaTimeoutSeconds, {
    path: ['leaseSeconds'],
    message: 'must be longer than lambdaTimeoutSeconds',
  })
  .refine((settings) => settings.handOnSeconds < settings.lambdaTimeoutSeconds, {
    path: ['handOnSeconds'],
    message: 'must be shorter than lambdaTimeoutSeconds',
  })
  // One migration alone would be refused Lambdas by its own limit, and fail after as many attempts as the definition allows.
  .refine((settings) => (settings.listReservedConcurrency ?? Infinity) >= settings.listConcurrency, {
    path: ['listReservedConcurrency'],
    message: 'must not be less than listConcurrency',
  })
  .refine((settings) => (settings.copyReservedConcurrency ?? Infinity) >= settings.copyConcurrency, {
    path: ['copyReservedConcurrency'],
    message: 'must not be less than copyConcurrency',
  });

/** What was asked for cannot be synthesised; the message says why and what to do. */
export class SynthesisRefused extends Error {
  override readonly name = 'SynthesisRefused';
}

export type Settings = z.output<typeof SCHEMA>;

/** `contextOf` is how CDK hands out context: undefined, text from the command line, or JSON from cdk.json. */
export const readSettings = (contextOf: (name: string) => unknown): Settings => {
  const names = Object.keys(SCHEMA.shape);
  const given = names.map((name) => [name, contextOf(name)] as const).filter(([, value]) => value !== undefined);
  const parsed = SCHEMA.safeParse(Object.fromEntries(given.map(([name, value]) => [name, asText(value)])));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new SynthesisRefused(`These context values cannot be used (-c name=value):\n${problems.join('\n')}`);
};

const asText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
