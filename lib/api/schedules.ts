// Schedules: kept in the records, which are the truth; the scheduler only fires.
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../stores/usage-error.ts';
import type { Records } from '../workflow/ports.ts';
import { type ScheduleBody, scheduleBodySchema, scheduleName } from './bodies.ts';
import { parseExpression } from './expression.ts';
import { namedPair } from './named-pair.ts';
import { parsed } from './parsed.ts';
import type { KnownStores, Scheduler } from './ports.ts';
import { isRefusal, type Refusal, refused, shown } from './refusal.ts';
import type { Schedule, ScheduleDocument, ScheduleRun, ScheduleView } from './schedule.ts';

export interface ScheduleHost {
  readonly records: Records;
  readonly stores: KnownStores;
  readonly scheduler: Scheduler;
  now(): number;
}

const PK = 'schedules';
const RUNS_KEPT = 20;

/** `body` is what was sent, of any shape. */
export const addSchedule = async (body: unknown, host: ScheduleHost): Promise<ScheduleView | Refusal> => {
  const wanted = parsed(scheduleBodySchema, body);
  if (isRefusal(wanted)) return wanted;
  const refusal = refusalOf(wanted, host);
  if (refusal) return refusal;
  const document = documentOf(wanted, new Date(host.now()).toISOString());
  // First the record, which tells two of the same name apart; it goes again where nothing would fire.
  if (!(await host.records.put(document, 'absent'))) return addAgain(document, host);
  try {
    await host.scheduler.set(wanted);
  } catch (error) {
    await host.records.remove(PK, document.sk);
    if (error instanceof UsageError) return refused(400, error.message);
    throw error;
  }
  return viewOf(document, host);
};

/** The very same one is set once more: the first request may have been cut off before its schedule was. */
const addAgain = async (wanted: ScheduleDocument, host: ScheduleHost): Promise<ScheduleView | Refusal> => {
  const { name, expression, timeZone, request } = wanted;
  const found = await readSchedule(host, name);
  const same =
    found && isDeepStrictEqual([found.expression, found.timeZone, found.request], [expression, timeZone, request]);
  if (!same) return refused(409, `There is a schedule "${name}" already: choose another name, or remove it first.`);
  await host.scheduler.set(wanted);
  return viewOf(found, host);
};

const refusalOf = (wanted: ScheduleBody, { stores, now }: ScheduleHost): Refusal | undefined => {
  try {
    const due = parseExpression(wanted.expression, wanted.timeZone, now());
    if (due.next(now()) === undefined) return refused(400, `${wanted.expression} never comes: no date fits it.`);
  } catch (error) {
    if (error instanceof UsageError) return refused(400, `${error.message}.`);
    throw error;
  }
  const pair = namedPair(wanted, stores);
  return isRefusal(pair) ? pair : undefined;
};

const documentOf = (wanted: ScheduleBody, createdAt: string): ScheduleDocument => {
  const { name, expression, timeZone, ...request } = wanted;
  return { pk: PK, sk: name, version: 0, name, expression, timeZone, request, createdAt, runs: [] };
};

export const viewOf = (schedule: Schedule, host: { now(): number }): ScheduleView => {
  const { name, expression, timeZone, request, createdAt, runs } = schedule;
  const nextMs = parseExpression(expression, timeZone, Date.parse(createdAt)).next(host.now());
  const next = nextMs === undefined ? {} : { nextAt: new Date(nextMs).toISOString() };
  return { name, expression, timeZone, request, createdAt, runs, ...next };
};

/** By name. */
export const listSchedules = async (host: Pick<ScheduleHost, 'records' | 'now'>): Promise<ScheduleView[]> => {
  const schedules: ScheduleView[] = [];
  for await (const one of host.records.list<ScheduleDocument>(PK, '')) schedules.push(viewOf(one, host));
  return schedules;
};

/** What is no name is no key of the records either. */
export const readSchedule = async ({ records }: Pick<ScheduleHost, 'records'>, name: string) =>
  scheduleName.safeParse(name).success ? records.get<ScheduleDocument>(PK, name) : undefined;

export const getSchedule = async (
  name: string,
  host: Pick<ScheduleHost, 'records' | 'now'>,
): Promise<ScheduleView | Refusal> => {
  const found = await readSchedule(host, name);
  return found ? viewOf(found, host) : noSchedule(name);
};

/** Nothing that runs is stopped. undefined: it is gone. */
export const removeSchedule = async (
  name: string,
  { records, scheduler }: Pick<ScheduleHost, 'records' | 'scheduler'>,
): Promise<Refusal | undefined> => {
  if (!(await readSchedule({ records }, name))) return noSchedule(name);
  // In this order nothing goes on firing unseen where the second call fails: the schedule is still listed.
  await scheduler.unset(name);
  await records.remove(PK, name);
  return undefined;
};

const noSchedule = (name: string): Refusal =>
  refused(404, `There is no schedule "${shown(name)}": GET /schedules lists those there are.`);

/** Newest first. The same firing told twice, because the first answer was lost, is one run. */
export const noteRun = async ({ records }: Pick<ScheduleHost, 'records'>, name: string, run: ScheduleRun) => {
  for (let createdAt: string | undefined; ; ) {
    const found = await readSchedule({ records }, name);
    createdAt ??= found?.createdAt;
    // Another one of that name, added since, knows nothing of this run.
    if (!found || found.createdAt !== createdAt || found.runs.some((known) => sameRun(known, run))) return;
    const runs = [run, ...found.runs].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, RUNS_KEPT);
    const { version } = found;
    if (await records.put({ ...found, runs, version: version + 1 }, { version, createdAt })) return;
  }
};

const sameRun = (a: ScheduleRun, b: ScheduleRun): boolean =>
  a.outcome === b.outcome &&
  (a.outcome === 'started' && b.outcome === 'started' ? a.migrationId === b.migrationId : a.at === b.at);
