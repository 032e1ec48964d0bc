// What an API answers, judged before anything is made of it. Fields that only a newer API knows are left out.
import * as z from 'zod';
import { toDotPath } from 'zod/v4/core';
import type { Listing } from '../api/listing.ts';
import type { MigrationDetail, ReportView } from '../api/resources.ts';
import type { ScheduleView } from '../api/schedule.ts';
import { detailSchema, listingSchema, reportViewSchema, scheduleSchema, schedulesSchema } from '../api/schemas.ts';
import { printable } from '../report/printable.ts';
import { Unreachable } from './api-client.ts';

/** Ids go into commands that are recommended; what begins with `-` would be a flag there. */
const ID = /^\w[\w-]{0,79}$/;

export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);

const saysId = { error: 'is no id' };

const started = z.strictObject({ id: z.string().regex(ID) });
const detail = detailSchema.refine(({ id }) => isId(id), saysId);
const listing = listingSchema.refine(({ migrations }) => migrations.every(({ id }) => isId(id)), saysId);
const reportView = reportViewSchema.refine(({ report }) => isId(report.id), saysId);

/** All throw `Unreachable` for what no API of Picferry answers. */
export const asStarted = (answer: unknown): { readonly id: string } => judged(started, answer);
export const asDetail = (answer: unknown): MigrationDetail => judged(detail, answer);
export const asListing = (answer: unknown): Listing => judged(listing, answer);
export const asReportView = (answer: unknown): ReportView => judged(reportView, answer);
export const asSchedule = (answer: unknown): ScheduleView => judged(scheduleSchema, answer);
export const asSchedules = (answer: unknown): readonly ScheduleView[] => judged(schedulesSchema, answer).schedules;

/** The schemas are strict, as the API's promise is: what they do not know is taken out, and the rest judged again. */
const judged = <T>(schema: z.ZodType<T>, answer: unknown): T => {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  for (const issue of error.issues) {
    if (issue.code !== 'unrecognized_keys') throw strange(issue);
    for (const key of issue.keys) Reflect.deleteProperty(holderOf(answer, issue.path), key);
  }
  return judged(schema, answer);
};

const holderOf = (answer: unknown, path: readonly PropertyKey[]): object =>
  path.reduce<unknown>((part, name) => (part as Record<PropertyKey, unknown>)[name], answer) as object;

const strange = ({ path, message }: z.core.$ZodIssue): Unreachable =>
  new Unreachable(
    `the URL answered something else than Picferry's API does (${printable(`${toDotPath(path)} ${message}`.trim())}): is it right, or that Picferry newer than this one?`,
  );
