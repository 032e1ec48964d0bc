// What the stack tells its functions in environment variables; a wrong one shows at the cold start, not in a migration.
import * as z from 'zod';
import type { NamedStores } from '../stores/picferry-json.ts';
import type { PriceChanges } from '../stores/prices.ts';

const arn = z.string().startsWith('arn:');
const seconds = z.coerce.number().positive();

/** As the stack wrote it. */
const json = <T>() =>
  z
    .string()
    .default('{}')
    .transform((text, context): T => {
      try {
        return JSON.parse(text) as T;
      } catch {
        context.addIssue({ code: 'custom', message: 'is no JSON' });
        return z.NEVER;
      }
    });

const CONFIGURATION = z
  .object({
    TABLE_NAME: z.string().min(1),
    REPORTS_BUCKET: z.string().min(1),
    /** Only functions that start or stop executions have it: the state machine itself depends on the others. */
    STATE_MACHINE_ARN: z
      .string()
      .regex(/^arn:[\w-]+:states:[\w-]+:\d+:stateMachine:[\w-]+$/)
      .optional(),
    /** Schedules: only functions that set them have these. */
    SCHEDULE_GROUP: z.string().min(1).optional(),
    SCHEDULER_ROLE_ARN: arn.optional(),
    START_FUNCTION_ARN: arn.optional(),
    DEAD_LETTER_QUEUE_ARN: arn.optional(),
    /** S3 takes a week at most. */
    LINK_SECONDS: z.coerce.number().int().positive().max(604_800).default(3_600),
    /** A role that may read reports and nothing else: keys of it say when they end, which a Lambda's own do not. */
    LINK_ROLE_ARN: arn.optional(),
    /** picferry.json as it was deployed. */
    ALLOWED_STORES: json<NamedStores>(),
    /** What picferry.json says of prices. */
    PRICES: json<PriceChanges>(),
    LEASE_SECONDS: seconds.optional(),
    HAND_ON_SECONDS: seconds.optional(),
    COMMIT_EVERY_SECONDS: seconds.optional(),
    SHARD_ENTRIES: z.coerce.number().int().positive().optional(),
    /** MaxConcurrency of Copy: what `--concurrency` is divided by. */
    COPY_CONCURRENCY: z.coerce.number().int().positive().optional(),
    /** MaxConcurrency of List: `--tpslimit` is divided by it while listing. */
    LIST_CONCURRENCY: z.coerce.number().int().positive().optional(),
  })
  .readonly();

export type Configuration = z.infer<typeof CONFIGURATION>;

export const readConfiguration = (env: Readonly<Record<string, string | undefined>>): Configuration => {
  const parsed = CONFIGURATION.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`The function's environment is wrong:\n${z.prettifyError(parsed.error)}`);
};
