// What can be set at synthesis with `cdk … -c name=value`; nothing here needs an AWS account.
import * as z from 'zod';

const YES_NO = z.enum(['true', 'false']).transform((text) => text === 'true');
const positive = z.coerce.number().int().positive();

const SCHEMA = z
  .object({
    /** The folder whose picferry.json names the deployment's stores. */
    config: z.string().default('.'),
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
    retrySeconds: positive.default(2),
    listConcurrency: positive.max(1_000).default(50),
    copyConcurrency: positive.max(1_000).default(50),
    roundsThatCopy: positive.default(3),
    reportDays: positive.default(365),
    logDays: positive.default(90),
    architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
    /** `false` leaves the TLS-only statement out of the reports bucket's policy: for an emulator over HTTP. */
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
  });

export type Settings = z.output<typeof SCHEMA>;

/** `contextOf` is how CDK hands out context: undefined, text from the command line, or JSON from cdk.json. */
export const readSettings = (contextOf: (name: string) => unknown): Settings => {
  const names = Object.keys(SCHEMA.shape);
  const given = names.map((name) => [name, contextOf(name)] as const).filter(([, value]) => value !== undefined);
  const parsed = SCHEMA.safeParse(Object.fromEntries(given.map(([name, value]) => [name, asText(value)])));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`These context values cannot be used (-c name=value):\n${problems.join('\n')}`);
};

const asText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
