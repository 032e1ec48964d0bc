// Every route of the API in one table: the app serves it, and openapi.json is made of it, so that the two cannot drift.
import * as z from 'zod';
import { migrationBodySchema, scheduleBodySchema } from './bodies.ts';
import type { Handler } from './call.ts';
import * as handlers from './handlers.ts';
import {
  detailSchema,
  listingSchema,
  reportViewSchema,
  scheduleSchema,
  schedulesSchema,
  startedSchema,
} from './schemas.ts';

export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  /** Whether an Idempotency-Key may come with it. */
  readonly repeatable?: true;
  /** For the document; the handler judges, since a union's own complaints say nothing. */
  readonly body?: z.ZodType;
  /** By status: the shape of the JSON, or a sentence where there is none. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>;
  /** Whether browsers get a page. */
  readonly html?: true;
  /** Statuses of problems, beside those that every route has. */
  readonly problems: readonly number[];
  readonly handler: Handler;
}

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'has 1 to 255 visible ASCII characters')
  .describe('The same key and body within 24 hours: the first id again, whatever became of it.');

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: z.string().max(200).optional().describe('`next` of the page before, or a time'),
  source: z.string().max(256).optional().describe("a store's name, together with `destination`: only that pair"),
  destination: z.string().max(256).optional().describe("a store's name"),
});

export const ROUTES: readonly Route[] = [
  {
    method: 'post',
    path: '/migrations',
    name: 'startMigration',
    summary: 'Starts a migration, and answers before it has done anything.',
    repeatable: true,
    body: migrationBodySchema,
    answers: { 202: startedSchema },
    problems: [400, 403, 404, 409, 410, 413, 415, 422],
    handler: handlers.startMigration,
  },
  {
    method: 'get',
    path: '/migrations',
    name: 'listMigrations',
    summary: 'Migrations, newest first.',
    query: pageQuery,
    answers: { 200: listingSchema },
    problems: [400, 403],
    handler: handlers.listMigrations,
  },
  {
    method: 'get',
    path: '/migrations/{id}',
    name: 'getMigration',
    summary: 'How far a migration is, and its figures.',
    answers: { 200: detailSchema },
    problems: [404],
    handler: handlers.getMigration,
  },
  {
    method: 'get',
    path: '/migrations/{id}/report',
    name: 'getReport',
    summary: 'Figures, and links that expire. With Accept: text/html the page, or a redirect to it.',
    html: true,
    answers: { 200: reportViewSchema, 303: 'The page is where Location says.' },
    problems: [404],
    handler: handlers.getReport,
  },
  {
    method: 'post',
    path: '/migrations/{id}/cancel',
    name: 'cancelMigration',
    summary: 'Asks a migration to stop; what was copied is kept.',
    answers: { 202: detailSchema },
    problems: [404, 409],
    handler: handlers.cancelMigration,
  },
  {
    method: 'post',
    path: '/schedules',
    name: 'addSchedule',
    summary: 'Starts a migration again and again.',
    body: scheduleBodySchema,
    answers: { 201: scheduleSchema },
    problems: [400, 403, 409, 413, 415],
    handler: handlers.postSchedule,
  },
  {
    method: 'get',
    path: '/schedules',
    name: 'listSchedules',
    summary: 'All schedules, by name.',
    answers: { 200: schedulesSchema },
    problems: [],
    handler: handlers.getSchedules,
  },
  {
    method: 'get',
    path: '/schedules/{name}',
    name: 'getSchedule',
    summary: 'A schedule, and what became of its last runs.',
    answers: { 200: scheduleSchema },
    problems: [404],
    handler: handlers.getOneSchedule,
  },
  {
    method: 'delete',
    path: '/schedules/{name}',
    name: 'removeSchedule',
    summary: 'Removes a schedule; a migration that it started goes on.',
    answers: { 204: 'It is gone.' },
    problems: [404],
    handler: handlers.deleteSchedule,
  },
];
