// Settle: closes migrations whose execution is over without having said how: killed, stopped, timed out.
import { type EndHost, type Ending, endMigration, openUntil } from './end.ts';
import { lockHasLapsed } from './lock.ts';
import type { Executions } from './ports.ts';
import { changeMigration, hasEnded, type MigrationRecord, readMigration } from './record.ts';
import { endingOf } from './steps/fail.ts';

export interface SettleHost extends EndHost {
  readonly executions: Executions;
}

/** The record as it stands afterwards: still `stopping` where a task may be running. */
export const settle = async (migrationId: string, host: SettleHost): Promise<MigrationRecord | undefined> => {
  const record = await readMigration(host.records, migrationId);
  if (!record || hasEnded(record.status)) return record;
  const dead = host.liveness.mine !== undefined && (await lockHasLapsed(host, record.pair, migrationId));
  if (!dead && (await host.executions.status(migrationId)) === 'running') return record;
  const stopping = await changeMigration(host.records, migrationId, (now) =>
    hasEnded(now.status) ? undefined : { status: 'stopping' },
  );
  // A dead process has no tasks; a stopped execution's Lambdas run on until their own deadlines.
  if (!dead && (await openUntil(host, migrationId)) > host.now()) return stopping;
  return endMigration(migrationId, dead ? killed(stopping) : endingOf(stopping), host);
};

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
