// The shapes of the API's answers, for openapi.json: the same as in resources.ts, which the compiler checks.
import * as z from 'zod';
import { SIDES } from '../compare/entry.ts';
import { FINDINGS } from '../compare/findings.ts';
import { KINDS } from '../compare/kind.ts';
import { OUTCOMES } from '../compare/outcomes.ts';
import type { Forecast } from '../report/forecast.ts';
import type { Report } from '../report/report.ts';
import type { StoreSpec } from '../stores/spec.ts';
import { optionsSchema } from '../workflow/request-schema.ts';
import { pairBodySchema, scheduleName } from './bodies.ts';
import type { Listing } from './listing.ts';
import type { MigrationDetail, MigrationSummary, Problem, ReportView } from './resources.ts';
import type { ScheduleView } from './schedule.ts';

/** Schemas with a name of their own in the document. */
export const answers = z.registry<{ readonly id: string; readonly description?: string }>();

const named = <T extends z.ZodType>(id: string, schema: T, description?: string): T => {
  answers.add(schema, { id, ...(description === undefined ? {} : { description }) });
  return schema;
};

const count = z.number().int().nonnegative();
const time = z.iso.datetime();
const amount = named('Amount', z.strictObject({ count, bytes: count }), 'Pictures counted and weighed.');
const figure = named(
  'Figure',
  z.union([amount, z.strictObject({ count: z.null(), bytes: z.null() })]),
  'Two nulls where no comparison was completed: nothing is known then.',
);
const figures = named('Figures', z.strictObject(fields(SIDES, figure)));
const status = z.enum(['running', 'stopping', 'done', 'failed', 'cancelled']);
const mode = z.enum(['check', 'sync']);
const outcomes = named('Outcomes', z.strictObject(fields(OUTCOMES, amount)), 'What became of the copy list.');

function fields<const Name extends string, T>(names: readonly Name[], value: T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, value])) as Record<Name, T>;
}

const usd = z.number().nonnegative();
const forecast: z.ZodType<Forecast> = named(
  'Forecast',
  z.strictObject({
    copyList: amount,
    requests: z.strictObject({ list: count, read: count, write: count }).describe('to S3 stores'),
    transferBytes: count.describe('what AWS charges for because it leaves a region or AWS'),
    lambda: z.strictObject({ invocations: count, gigabyteSeconds: count }),
    transitions: count,
    tableWrites: count,
    seconds: count,
    usd: z.strictObject({ requests: usd, transfer: usd, running: usd, total: usd, storagePerMonth: usd }),
    prices: z.strictObject({ asOf: z.string(), changed: z.boolean().describe('picferry.json says otherwise') }),
  }),
  'What a sync of all that the first comparison found missing would take, by the table of prices.',
);

/** As they were accepted, here or by a command line: whoever only shows them does not judge them again. */
const options = z.strictObject({
  ...optionsSchema.shape,
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  keyPattern: z.string().optional(),
});

const summaryFields = {
  id: z.string(),
  status,
  cause: z.string().exactOptional().describe('why it failed, in one word'),
  message: z
    .string()
    .exactOptional()
    .describe('the cause in a sentence, with the way out; of one that is done, why copying broke off'),
  findings: z.strictObject(fields(FINDINGS, figures)),
  contentUnknown: figure,
  outcomes,
  remaining: figure,
  rounds: count.describe('comparisons made'),
  forecast: forecast.nullable().describe('null where no comparison was completed'),
  report: z.string().describe('where report.json is'),
  mode,
  source: z.string().describe('address'),
  destination: z.string().describe('address'),
  startedAt: time,
  endedAt: time.exactOptional(),
  asOf: time.exactOptional().describe('when the oldest listing behind `remaining` began'),
};

export const summarySchema: z.ZodType<MigrationSummary> = named('MigrationSummary', z.strictObject(summaryFields));

const store: z.ZodType<StoreSpec> = named(
  'Store',
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('s3'),
      bucket: z.string(),
      prefix: z.string(),
      createOnly: z.enum(['native', 'headFirst']),
      ...fields(['name', 'endpointUrl', 'region', 'profile', 'role', 'secret'], z.string().exactOptional()),
    }),
    z.strictObject({ type: z.literal('folder'), name: z.string().exactOptional(), path: z.string() }),
  ]),
);

const request = z.strictObject({
  mode,
  source: store,
  destination: store,
  options,
  from: z.strictObject({ from: z.string(), only: z.enum(['missing', 'failed']) }).exactOptional(),
});

const progress = z.strictObject({
  phase: z.enum(['planning', 'listing', 'copying', 'ended']),
  round: count,
  listed: z.strictObject(fields(SIDES, amount)),
  missing: amount,
  copyList: amount,
  outcomes,
});

export const detailSchema: z.ZodType<MigrationDetail> = named(
  'MigrationDetail',
  z.strictObject({
    ...summaryFields,
    request,
    progress: progress.describe('of the round being worked on'),
    roundFigures: z.array(
      z.strictObject({
        round: count,
        copyList: amount.exactOptional(),
        remaining: amount.exactOptional(),
        outcomes: outcomes.exactOptional(),
      }),
    ),
  }),
);

export const listingSchema: z.ZodType<Listing> = named(
  'MigrationPage',
  z.strictObject({
    migrations: z.array(summarySchema),
    next: z.string().exactOptional().describe('give it as `before` for the next page; absent: there is none'),
  }),
);

const compact = named('CompactAmount', z.tuple([count, count]), 'Count, bytes. What is nothing is left out.');
const byKind = named('ByKind', z.strictObject(fields(KINDS, compact.exactOptional())));
const bySide = named('BySide', z.strictObject(fields(SIDES, byKind.exactOptional())));
const statistics = named(
  'Statistics',
  z.strictObject({
    listed: z.strictObject(fields(SIDES, compact.exactOptional())),
    findings: z.strictObject(fields(FINDINGS, bySide.exactOptional())),
    contentUnknown: compact.exactOptional(),
  }),
);

const report: z.ZodType<Report> = named(
  'Report',
  z.strictObject({
    id: z.string(),
    mode,
    status,
    cause: z.string().exactOptional(),
    message: z.string().exactOptional(),
    source: z.string(),
    destination: z.string(),
    createOnly: z.enum(['native', 'headFirst', 'exclusiveLink']).describe('how never overwriting is guaranteed'),
    startedAt: time,
    endedAt: time.exactOptional(),
    asOf: time.exactOptional(),
    findings: statistics.exactOptional(),
    outcomes,
    reasons: z.record(z.string(), count),
    remaining: amount.exactOptional(),
    kept: amount
      .exactOptional()
      .describe('by the same comparisons: what differed on the destination and was not to be replaced'),
    rounds: count,
    forecast: forecast.exactOptional(),
  }),
  'report.json: figures, never a list.',
);

const linkFields = { url: z.string(), expiresAt: time.describe('whoever comes later gets 403') };
const link = named('Link', z.strictObject(linkFields), 'Opens over plain HTTP, without other credentials.');

export const reportViewSchema: z.ZodType<ReportView> = named(
  'ReportView',
  z.strictObject({
    report,
    examples: z.record(z.string(), z.array(z.string())).describe('the first keys of each finding and reason'),
    places: z.strictObject(fields(['report', 'page', 'missing', 'failed'], z.string().exactOptional())),
    links: z
      .strictObject({
        ...fields(['report.html', 'report.json', 'missing.jsonl.gz', 'missing-index.json'], link.exactOptional()),
        failed: z
          .array(z.strictObject({ ...linkFields, round: count, outcome: z.string(), count }))
          .describe('at most 100'),
        failedLists: count.describe('how many there are'),
      })
      .exactOptional(),
  }),
);

export const startedSchema = named(
  'Started',
  z.strictObject({ id: z.string(), replayed: z.boolean().describe('an earlier request with this key started it') }),
);

const run = z.discriminatedUnion('outcome', [
  z.strictObject({ at: time, outcome: z.literal('started'), migrationId: z.string() }),
  z.strictObject({
    at: time,
    outcome: z.literal('skipped'),
    migrationId: z.string().describe('its pair was busy with'),
  }),
  z.strictObject({ at: time, outcome: z.literal('refused'), message: z.string() }),
]);

export const scheduleSchema: z.ZodType<ScheduleView> = named(
  'Schedule',
  z.strictObject({
    name: scheduleName,
    expression: z.string(),
    timeZone: z.string(),
    request: pairBodySchema.extend({ options }),
    createdAt: time,
    runs: z.array(run).describe('the last 20, newest first'),
    nextAt: time.exactOptional().describe('when it is due next'),
  }),
);

export const schedulesSchema = named('Schedules', z.strictObject({ schedules: z.array(scheduleSchema) }));

export const problemSchema: z.ZodType<Problem> = named(
  'Problem',
  z.strictObject({
    type: z.string(),
    title: z.string(),
    status: count,
    detail: z.string().describe('what is wrong, and what to do'),
    migrationId: z.string().exactOptional().describe('409: the migration that is in the way'),
  }),
  'RFC 9457.',
);
