// What Settle looks at: the migration an event tells of, or in a sweep all that may have been killed unnoticed, and schedules.
import { setTimeout as sleep } from 'node:timers/promises';
import { overdueSchedules } from '../api/overdue.ts';
import { isComplete } from '../workflow/end.ts';
import { lockHasLapsed } from '../workflow/lock.ts';
import type { ExecutionStatus } from '../workflow/ports.ts';
import { allMigrations, hasEnded, type MigrationRecord } from '../workflow/record.ts';
import { type SettleHost, settle } from '../workflow/settle.ts';

/** EventBridge's "Step Functions Execution Status Change"; the sweep's event has no detail. */
export interface SettleEvent {
  /** An execution is named after its migration. */
  readonly detail?: { readonly name: string; readonly status?: string };
}

export interface SettlingOptions {
  /** No migration lives longer than the state machine lets it, so older records have ended. */
  readonly oldestMs: number;
  /**
   * How long to wait before looking again, each time: tasks see `stopping` at their next commit, a few seconds later, and
   * whoever cancelled should not have to wait for the sweep. About a minute together; then the sweep sees to it.
   */
  readonly waitsMs?: readonly number[];
  /** What is left of the invocation. */
  readonly remainingMs?: () => number;
}

const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
/** Looking once more and closing the round takes a while too. */
const KEPT_FOR_SETTLING_MS = 10_000;
/** What was left undone by whoever ended a migration is done for so long. */
const COMPLETED_FOR_MS = 3_600_000;

const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  FAILED: 'failed',
  ABORTED: 'stopped',
  TIMED_OUT: 'timedOut',
};

/** The ids of those that have ended by now. */
export const settleEvent = (
  { detail }: SettleEvent,
  host: SettleHost,
  { oldestMs, waitsMs = WAITS_MS, remainingMs = () => Number.POSITIVE_INFINITY }: SettlingOptions,
): Promise<string[]> =>
  detail
    ? settleTold(detail.name, STATUS[detail.status ?? ''], host, { waitsMs, remainingMs })
    : sweep(host, new Date(host.now() - oldestMs).toISOString());

const settleTold = async (
  name: string,
  execution: ExecutionStatus | undefined,
  host: SettleHost,
  { waitsMs, remainingMs }: Required<Omit<SettlingOptions, 'oldestMs'>>,
): Promise<string[]> => {
  for (const waitMs of [...waitsMs, undefined]) {
    const record = await settle(name, host, execution ? { execution } : {});
    if (record && hasEnded(record.status)) return told(record, host);
    if (record?.status !== 'stopping' || waitMs === undefined || remainingMs() < waitMs + KEPT_FOR_SETTLING_MS)
      return [];
    await sleep(waitMs);
  }
  return [];
};

const told = (record: MigrationRecord, host: SettleHost): string[] => {
  host.log('settled', { migrationId: record.id, status: record.status, cause: record.cause });
  return [record.id];
};

/** A firing that Start could not take at once is tried again for a while before anybody is alarmed. */
const OVERDUE_AFTER_MS = 15 * 60_000;

const countOverdue = async (host: SettleHost): Promise<void> => {
  const overdue = await overdueSchedules(host, host.now(), OVERDUE_AFTER_MS);
  for (const { name, dueAt } of overdue) host.log('schedule overdue', { schedule: name, dueAt });
  host.count('OverdueSchedules', overdue.length);
};

/** One that cannot be settled does not stop the others; its error is thrown when all have been looked at. */
const sweep = async (host: SettleHost, since: string): Promise<string[]> => {
  const settled: string[] = [];
  const failures: unknown[] = [];
  for await (const record of allMigrations(host.records)) {
    if (record.createdAt < since) break;
    await settleOne(record, host).then(
      (ids) => settled.push(...ids),
      (error: unknown) => {
        failures.push(error);
        const { name, message } = error as Error;
        host.log('not settled', { migrationId: record.id, error: name, message });
      },
    );
  }
  await countOverdue(host);
  if (failures.length > 0) throw failures[0];
  return settled;
};

const settleOne = async (record: MigrationRecord, host: SettleHost): Promise<string[]> => {
  if (!(await needsSettling(record, host))) return [];
  const after = await settle(record.id, host);
  return after && hasEnded(after.status) ? told(after, host) : [];
};

const needsSettling = async (record: MigrationRecord, host: SettleHost): Promise<boolean> => {
  if (!hasEnded(record.status)) {
    return record.status === 'stopping' || lockHasLapsed(host, record.pair, record.id);
  }
  const endedMs = Date.parse(record.endedAt ?? '');
  return host.now() - endedMs < COMPLETED_FOR_MS && !(await isComplete(record, host));
};
