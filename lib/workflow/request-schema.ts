// The shape of a request's options at the edge: what the API and the CLI accept. Messages name the field.
import * as z from 'zod';
import { compileGlobs } from '../compare/glob.ts';
import { compileKeyPattern } from '../compare/key-pattern.ts';

const accepted =
  <T>(compile: (value: T) => unknown) =>
  (value: T, context: z.RefinementCtx) => {
    try {
      compile(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  };

const glob = z
  .string()
  .min(1)
  .max(1_024, { abort: true })
  .superRefine(accepted((text: string) => compileGlobs([text])));
const globs = z
  .array(glob)
  .max(100)
  // What is wrong with one of them was said there.
  .superRefine((list, context) => {
    if (context.issues.length === 0) accepted(compileGlobs)(list, context);
  })
  .default([]);
const time = z.iso.datetime({ offset: true });

export const optionsSchema = z.strictObject({
  include: globs,
  exclude: globs,
  capturedAfter: time.optional(),
  capturedBefore: time.optional(),
  modifiedAfter: time.optional(),
  modifiedBefore: time.optional(),
  minAgeMs: z.number().int().nonnegative().optional(),
  keyPattern: z.string().max(1_024, { abort: true }).superRefine(accepted(compileKeyPattern)).optional(),
  checksum: z.boolean().default(false),
  onDifferent: z.enum(['keep', 'overwrite', 'newer']).default('keep'),
  order: z.enum(['newest', 'oldest']).default('newest'),
  concurrency: z.number().int().positive().max(10_000).optional(),
  tpsLimit: z
    .number()
    .min(0.1)
    .max(1_000_000)
    .describe('requests a second to S3 stores, by the whole migration')
    .optional(),
  bandwidthLimit: z
    .number()
    .int()
    .positive()
    .describe('bytes a second of pictures that are streamed, by the whole migration')
    .optional(),
  maxCostUsd: z
    .number()
    .positive()
    .max(1_000_000_000)
    .describe('USD, by the table of prices: copying stops before the migration costs more')
    .optional(),
  storageClass: z
    .string()
    .regex(/^[A-Z_]{1,40}$/)
    .optional(),
  tags: z.boolean().default(true),
  sseKmsKeyId: z.string().min(1).max(2_048).optional(),
});
