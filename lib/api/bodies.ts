// The bodies of requests: shapes and limits. Messages name the field; store names are judged later, by the allow-list.
import * as z from 'zod';
import { optionsSchema } from '../workflow/request-schema.ts';

const storeName = z.string().min(1).max(256).describe('name of a store, as picferry.json has it');

export const pairBodySchema = z.strictObject({
  source: storeName,
  destination: storeName,
  mode: z.enum(['check', 'sync']).describe('check compares only; sync copies what is missing and compares again'),
  options: optionsSchema.prefault({}),
});
export type PairBody = z.output<typeof pairBodySchema>;

export const fromBodySchema = z.strictObject({
  from: z.string().min(1).max(80).describe('id of an earlier migration whose lists are copied from'),
  only: z.enum(['missing', 'failed']).default('missing'),
});

/** `POST /migrations`. */
export const migrationBodySchema = z.union([pairBodySchema, fromBodySchema]);
export type MigrationBody = z.output<typeof migrationBodySchema>;

export const scheduleName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'has letters, digits, - and _, at most 64');

/** `POST /schedules`. */
export const scheduleBodySchema = z.strictObject({
  name: scheduleName,
  expression: z
    .string()
    .min(1)
    .max(256)
    .describe('rate(2 hours), or cron(0 2 * * ? *) as EventBridge Scheduler reads it'),
  timeZone: z.string().min(1).max(50).default('UTC').describe('IANA name'),
  ...pairBodySchema.shape,
});
export type ScheduleBody = z.output<typeof scheduleBodySchema>;
