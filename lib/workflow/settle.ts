// Settle: closes migrations whose execution is over without having said how: killed, stopped, timed out.
import { completeEnding, type EndHost, type Ending, endMigration, isComplete, openUntil } from './end.ts';
import { lockHasLapsed } from './lock.ts';
import type { ExecutionStatus, Executions } from './ports.ts';
import { changeMigration, hasEnded, type MigrationRecord, readMigration } from './record.ts';
import { endingOf } from './steps/fail.ts';

export interface SettleHost extends EndHost {
  readonly executions: Executions;
}

export interface Known {
  /** The caller ran the tasks and saw every one end, whatever their documents say (the last commit of one may have met a full disk). */
  readonly tasksOver?: boolean;
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
    if (!(await isComplete(record, host))) await completeEnding(record, host);
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
  return endMigration(migrationId, dead ? killed(stopping) : endingOf(stopping), host);
};

const TIMED_OUT = 'It ran longer than a migration may. Start it again: what was copied is kept.';

/** For whoever only looks: a migration whose process is gone is settled, a living one left alone. */
export const settleIfDead = async (record: MigrationRecord, host: SettleHost): Promise<MigrationRecord> => {
  if (hasEnded(record.status) || host.liveness.mine === undefined) return record;
  const dead = await lockHasLapsed(host, record.pair, record.id);
  return dead ? ((await settle(record.id, host)) ?? record) : record;
};

const killed = (record: MigrationRecord): Ending =>
  record.stopAsked
    ? endingOf(record)
    : {
        status: 'failed',
        cause: 'killed',
        message: 'The process that ran it was killed. Start it again: what was copied is kept.',
      };
