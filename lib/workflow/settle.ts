// Settle: closes migrations whose execution is over without having said how: killed, stopped, timed out.
import {
  completeEnding,
  type EndHost,
  type Ending,
  endMigration,
  isComplete,
  openUntil,
  type TasksKnown,
} from './end.ts';
import { lockHasLapsed } from './lock.ts';
import type { ExecutionStatus, Executions } from './ports.ts';
import { changeMigration, hasEnded, type MigrationRecord, readMigration } from './record.ts';
import { endingOf } from './steps/fail.ts';

export interface SettleHost extends EndHost {
  readonly executions: Executions;
}

/** Of tasks that are over, the last commit of one may have met a full disk. */
export interface Known extends TasksKnown {
  /** What an event said of the execution: Step Functions itself may still call one running that was just stopped. */
  readonly execution?: ExecutionStatus;
}

/** The record as it stands afterwards: still `stopping` where a task may be running. */
export const settle = async (
  migrationId: string,
  host: SettleHost,
  { tasksOver = false, execution }: Known = {},
): Promise<MigrationRecord | undefined> => {
  const record = await readMigration(host.records, migrationId);
  if (!record) return undefined;
  if (hasEnded(record.status)) {
    // Whoever ended it got no further than its record, or could not write its report.
    if (!(await isComplete(record, host, { tasksOver }))) await completeEnding(record, host, { tasksOver });
    return record;
  }
  const dead = host.liveness.mine !== undefined && (await lockHasLapsed(host, record.pair, migrationId));
  const status = dead ? 'stopped' : (execution ?? (await host.executions.status(migrationId)));
  if (status === 'running') return record;
  const stopping = await changeMigration(host.records, migrationId, (now) =>
    hasEnded(now.status) ? undefined : { ...(status === 'timedOut' ? { message: TIMED_OUT } : {}), status: 'stopping' },
  );
  // A dead process has no tasks; a stopped execution's Lambdas run on until their own deadlines.
  if (!dead && !tasksOver && (await openUntil(host, migrationId)) > host.now()) return stopping;
  return endMigration(migrationId, dead ? killed(stopping) : endingOf(stopping), host, {
    tasksOver: dead || tasksOver,
  });
};

const TIMED_OUT = 'It ran longer than a migration may. Start it again: what was copied is kept.';

/** For whoever only looks: one that cannot be settled now (the disk is full) is shown as it stands, and settled by a later look. */
export const settledIfPossible = async (record: MigrationRecord, host: SettleHost): Promise<MigrationRecord> => {
  try {
    return await settleIfDead(record, host);
  } catch (error) {
    const { name, message } = error as Error;
    host.log('not settled', { migrationId: record.id, error: name, message });
    return record;
  }
};

/**
 * For whoever only looks: a migration whose process is gone is settled, and one that ended and got no further than its
 * record is completed; a living one is left alone.
 */
export const settleIfDead = async (record: MigrationRecord, host: SettleHost): Promise<MigrationRecord> => {
  if (host.liveness.mine === undefined || !(await lockHasLapsed(host, record.pair, record.id))) return record;
  if (!hasEnded(record.status)) return (await settle(record.id, host)) ?? record;
  try {
    // Its tasks died with it, whatever their documents say.
    const known = { tasksOver: true };
    if (!(await isComplete(record, host, known))) await completeEnding(record, host, known);
  } catch (error) {
    // Its figures are in the record: that its report cannot be written now keeps nobody from looking.
    const { name, message } = error as Error;
    host.log('not completed', { migrationId: record.id, error: name, message });
  }
  return record;
};

const killed = (record: MigrationRecord): Ending =>
  record.stopAsked
    ? endingOf(record)
    : {
        status: 'failed',
        cause: 'killed',
        message: 'The process that ran it was killed. Start it again: what was copied is kept.',
      };
