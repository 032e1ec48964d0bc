// What the stack tells its functions in environment variables; a wrong one shows at the cold start, not in a migration.
import * as z from 'zod';

const seconds = z.coerce.number().positive();

const CONFIGURATION = z
  .object({
    TABLE_NAME: z.string().min(1),
    REPORTS_BUCKET: z.string().min(1),
    /** Only functions that start or stop executions have it: the state machine itself depends on the others. */
    STATE_MACHINE_ARN: z
      .string()
      .regex(/^arn:[\w-]+:states:[\w-]+:\d+:stateMachine:[\w-]+$/)
      .optional(),
    LEASE_SECONDS: seconds.optional(),
    HAND_ON_SECONDS: seconds.optional(),
    COMMIT_EVERY_SECONDS: seconds.optional(),
    SHARD_ENTRIES: z.coerce.number().int().positive().optional(),
    /** MaxConcurrency of Copy: what `--concurrency` is divided by. */
    COPY_CONCURRENCY: z.coerce.number().int().positive().optional(),
  })
  .readonly();

export type Configuration = z.infer<typeof CONFIGURATION>;

export const readConfiguration = (env: Readonly<Record<string, string | undefined>>): Configuration => {
  const parsed = CONFIGURATION.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`The function's environment is wrong:\n${z.prettifyError(parsed.error)}`);
};
