// How a migration ends, however it ends: the record says so, the report is written, the lock is free.
import { type CloseHost, closeRound } from './close-round.ts';
import type { Committed } from './invocation.ts';
import { type LockHost, releaseLock } from './lock.ts';
import { changeMigration, hasEnded, type MigrationRecord, migrationPk, readMigration, type Status } from './record.ts';
import { writeReport } from './report-of.ts';

export type EndHost = CloseHost & LockHost;

/** A task or item that says it runs until later: something may still be writing. */
export const openUntil = async (host: EndHost, migrationId: string): Promise<number> => {
  let latest = 0;
  for await (const one of host.records.list<Committed>(migrationPk(migrationId), 'round#')) {
    latest = Math.max(latest, one.openUntil);
  }
  return latest;
};

/** Gives what a stopped round left its outcome, so that its figures add up too. */
const closeOpenRound = async (record: MigrationRecord, host: EndHost): Promise<MigrationRecord> => {
  const last = record.rounds.at(-1);
  const isOpen = last !== undefined && last.copying === undefined && (last.copyList?.count ?? 0) > 0;
  if (record.request.mode === 'check' || !isOpen) return record;
  return closeRound(record, last.round, record.stopAsked === 'cancel' ? 'cancelled' : 'stepBroke', host);
};

export interface Ending {
  readonly status: Extract<Status, 'done' | 'failed' | 'cancelled'>;
  readonly cause?: string;
  readonly message?: string;
}

/** Harmless when repeated: a migration ends once, with the first ending that was written. */
export const endMigration = async (migrationId: string, ending: Ending, host: EndHost): Promise<MigrationRecord> => {
  let record = await readMigration(host.records, migrationId);
  if (!record) throw new Error(`There is no migration ${migrationId}.`);
  if (!hasEnded(record.status)) {
    let final = ending;
    try {
      if (ending.status !== 'done') record = await closeOpenRound(record, host);
    } catch (error) {
      final = { status: 'failed', cause: (error as Error).name, message: (error as Error).message };
    }
    record = await changeMigration(host.records, migrationId, (now) =>
      hasEnded(now.status) ? undefined : { ...final, endedAt: new Date(host.now()).toISOString() },
    );
  }
  await writeReport(host.files, record);
  await releaseLock(host, record.pair, migrationId, record.fencing);
  return record;
};
