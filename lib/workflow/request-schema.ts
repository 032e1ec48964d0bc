// The shape of a request at the edge: what Start and the API accept. Messages name the field.
import * as z from 'zod';
import { compileKeyPattern } from '../compare/capture.ts';
import { compileFilters } from '../compare/filters.ts';
import type { MigrationRequest } from './request.ts';

const accepted = (compile: (text: string) => unknown) => (text: string, context: z.RefinementCtx) => {
  try {
    compile(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
};

const glob = z
  .string()
  .min(1)
  .max(1_024)
  .superRefine(accepted((text) => compileFilters({ include: [text], exclude: [] })));
const time = z.iso.datetime({ offset: true });

export const optionsSchema = z.strictObject({
  include: z.array(glob).max(100).default([]),
  exclude: z.array(glob).max(100).default([]),
  capturedAfter: time.optional(),
  capturedBefore: time.optional(),
  modifiedAfter: time.optional(),
  modifiedBefore: time.optional(),
  minAgeMs: z.number().int().nonnegative().optional(),
  keyPattern: z.string().max(1_024).superRefine(accepted(compileKeyPattern)).optional(),
  checksum: z.boolean().default(false),
  onDifferent: z.enum(['keep', 'overwrite', 'newer']).default('keep'),
  order: z.enum(['newest', 'oldest']).default('newest'),
  concurrency: z.number().int().positive().max(10_000).optional(),
  storageClass: z
    .string()
    .regex(/^[A-Z_]{1,40}$/)
    .optional(),
  tags: z.boolean().default(true),
  sseKmsKeyId: z.string().min(1).max(2_048).optional(),
});

export const storeSpecSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('s3'),
    name: z.string().optional(),
    bucket: z.string().min(3).max(63),
    prefix: z
      .string()
      .max(1_024)
      .refine((text) => text === '' || text.endsWith('/'), 'ends in "/"'),
    endpointUrl: z.url().optional(),
    region: z.string().optional(),
    profile: z.string().optional(),
    role: z.string().optional(),
    secret: z.string().optional(),
    createOnly: z.enum(['native', 'headFirst']),
  }),
  z.strictObject({ type: z.literal('folder'), name: z.string().optional(), path: z.string().min(1) }),
]);

export const requestSchema: z.ZodType<MigrationRequest> = z.strictObject({
  mode: z.enum(['check', 'sync']),
  source: storeSpecSchema,
  destination: storeSpecSchema,
  options: optionsSchema,
});
