// A schedule fires: its migration is started, skipped where its pair is busy, and the schedule remembers which.
import type { ScheduleRun } from './schedule.ts';
import { noteRun, readSchedule } from './schedules.ts';
import { type Requested, type RequestHost, startRequested } from './start-requested.ts';

export interface Firing {
  /** Its name. */
  readonly schedule: string;
  /** The same for every repetition of one firing. */
  readonly executionId: string;
  /** ISO 8601: when it was due; anything else: now. */
  readonly at?: string;
}

/** `gone`: it was removed meanwhile. */
export type Fired = Requested | { readonly kind: 'gone' };

export const fireSchedule = async ({ schedule, executionId, at }: Firing, host: RequestHost): Promise<Fired> => {
  const found = await readSchedule(host, schedule);
  if (!found) {
    host.log('a schedule fired that is gone', { schedule });
    return { kind: 'gone' };
  }
  const dueMs = Date.parse(at ?? '');
  const due = new Date(Number.isNaN(dueMs) ? host.now() : dueMs).toISOString();
  // No header holds a line feed, so that no key of a request can be a schedule's.
  const idempotencyKey = `schedule\n${schedule}\n${executionId}`;
  const result = await startRequested(found.request, { idempotencyKey }, host);
  await noteRun(host, schedule, runOf(result, due));
  host.log('a schedule fired', { schedule, due, ...result });
  return result;
};

const runOf = (result: Requested, at: string): ScheduleRun => {
  if (result.kind === 'refused') return { at, outcome: 'refused', message: result.message };
  return { at, outcome: result.kind === 'started' ? 'started' : 'skipped', migrationId: result.id };
};
