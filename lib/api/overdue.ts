// Schedules that were due and did not fire: what an alarm is for, because a schedule that is silent looks like one that is fine.
import type { Records } from '../workflow/ports.ts';
import { parseExpression } from './expression.ts';
import { listSchedules } from './schedules.ts';

export interface Overdue {
  readonly name: string;
  /** ISO 8601: the latest time it should have fired by now. */
  readonly dueAt: string;
}

/** AWS counts rates from its own minute, not from ours. */
const TOLERANCE_MS = 60_000;

/** A run that was skipped did fire: its pair is being looked after. One that was refused did nothing. */
export const overdueSchedules = async (
  host: { readonly records: Records; now(): number },
  nowMs: number,
  graceMs: number,
): Promise<Overdue[]> => {
  const overdue: Overdue[] = [];
  for (const { name, expression, timeZone, createdAt, runs } of await listSchedules(host)) {
    const createdAtMs = Date.parse(createdAt);
    const dueMs = parseExpression(expression, timeZone, createdAtMs).previous(nowMs - graceMs);
    if (dueMs === undefined || dueMs <= createdAtMs) continue;
    const fired = runs.some(({ at, outcome }) => outcome !== 'refused' && Date.parse(at) >= dueMs - TOLERANCE_MS);
    if (!fired) overdue.push({ name, dueAt: new Date(dueMs).toISOString() });
  }
  return overdue;
};
