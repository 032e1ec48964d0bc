// What each route does: one call into the parts of the API, and its result as an answer.
import { reportPagePath } from '../workflow/paths.ts';
import { examplesOf } from '../workflow/plan-files.ts';
import { hasEnded } from '../workflow/record.ts';
import { reportOf } from '../workflow/report-of.ts';
import type { Answer, Call, Handler } from './call.ts';
import { cancelRequested } from './cancel.ts';
import { listSummaries } from './listing.ts';
import { namedPair } from './named-pair.ts';
import { isRefusal, noMigration, type Refusal, refused } from './refusal.ts';
import { reportViewOf } from './report-view.ts';
import { addSchedule, getSchedule, listSchedules, removeSchedule } from './schedules.ts';
import { startRequested } from './start-requested.ts';
import { detailOf, knownMigration } from './summary.ts';

const answered = (status: Answer['status'], body: object): Answer | Refusal =>
  isRefusal(body) ? body : { status, body };

export const startMigration: Handler = async ({ body, idempotencyKey, host, basePath }) => {
  const result = await startRequested(body, idempotencyKey === undefined ? {} : { idempotencyKey }, host);
  if (result.kind === 'refused') return result;
  const { id } = result;
  if (result.kind === 'busy') {
    return refused(
      409,
      `Migration ${id} is at work between these two. Wait until it has ended, or cancel it: POST /migrations/${id}/cancel.`,
      id,
    );
  }
  const headers = { location: `${basePath}/migrations/${id}` };
  return { status: 202, headers, body: { id, replayed: result.replayed } };
};

export const listMigrations: Handler = async ({ query, host }) => {
  const { limit, before, source, destination } = query as {
    readonly limit: number;
    readonly before?: string;
    readonly source?: string;
    readonly destination?: string;
  };
  if ((source === undefined) !== (destination === undefined))
    return refused(400, 'source and destination name a pair together: give both of them, or neither.');
  const pair = source !== undefined && destination !== undefined && namedPair({ source, destination }, host.stores);
  if (pair && isRefusal(pair)) return pair;
  const options = { limit, ...(before === undefined ? {} : { before }), ...(pair ? { pair } : {}) };
  return answered(200, await listSummaries(host, options));
};

export const getMigration: Handler = async ({ part, host }) => answered(200, await detailOf(part('id'), host));

export const getReport: Handler = async (call) =>
  call.prefersHtml
    ? reportPageOf(call)
    : answered(200, await reportViewOf(call.part('id'), call.host, { links: true }));

/** What was written at the end, by its own link; until then what is known now. */
const reportPageOf = async ({ part, host }: Call): Promise<Answer | Refusal> => {
  const id = part('id');
  const record = await knownMigration(id, host);
  if (!record) return noMigration(id);
  if (hasEnded(record.status) && (await host.files.has(reportPagePath(id)))) {
    const { url } = await host.links.to(reportPagePath(id));
    return { status: 303, headers: { location: url } };
  }
  const [{ reportPage }, examples] = await Promise.all([
    import('../report/page.ts'),
    examplesOf(host.files, record.id),
  ]);
  return { status: 200, html: reportPage({ report: reportOf(record), examples, request: record.request }) };
};

export const cancelMigration: Handler = async ({ part, host }) =>
  answered(202, await cancelRequested(part('id'), host));

export const postSchedule: Handler = async ({ body, host, basePath }) => {
  const added = await addSchedule(body, host);
  if (isRefusal(added)) return added;
  return { status: 201, headers: { location: `${basePath}/schedules/${added.name}` }, body: added };
};

export const getSchedules: Handler = async ({ host }) => ({
  status: 200,
  body: { schedules: await listSchedules(host) },
});

export const getOneSchedule: Handler = async ({ part, host }) => answered(200, await getSchedule(part('name'), host));

export const deleteSchedule: Handler = async ({ part, host }) =>
  (await removeSchedule(part('name'), host)) ?? { status: 204 };
