// How a migration ends, however it ends: the record says so, the report is written, the lock is free.
import { type CloseHost, closeRound } from './close-round.ts';
import { endedOf } from './ended.ts';
import { outcomesOf } from './figures.ts';
import type { Committed } from './invocation.ts';
import { holdsLock, type LockHost, releaseLock } from './lock.ts';
import type { Announcer, Observer } from './ports.ts';
import { changeMigration, hasEnded, type MigrationRecord, migrationPk, readMigration, type Status } from './record.ts';
import { reportedStatus, writeReport } from './report-of.ts';

export type EndHost = CloseHost & LockHost & Observer & Announcer;

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
    let mine = false;
    record = await changeMigration(host.records, migrationId, (now) => {
      mine = !hasEnded(now.status);
      return mine ? { ...final, endedAt: new Date(host.now()).toISOString() } : undefined;
    });
    if (mine) countEnding(record, host);
  }
  await completeEnding(record, host);
  return record;
};

/**
 * All that follows once the record says how it ended. Harmless when repeated, but that it is announced again. A report that
 * cannot be written keeps nobody from the pair; throws all the same, and `isComplete` tells that it has to be repeated.
 */
export const completeEnding = async (record: MigrationRecord, host: EndHost): Promise<void> => {
  try {
    await writeReport(host.files, record);
  } finally {
    await releaseLock(host, record.pair, record.id, record.fencing);
  }
  await announceEnding(record, host);
};

/** Of an ended one: whether its pair is free and its report says how it ended. */
export const isComplete = async ({ id, pair, status }: MigrationRecord, host: EndHost): Promise<boolean> =>
  !(await holdsLock(host, pair, id)) && (await reportedStatus(host.files, id)) === status;

/** By whoever wrote the ending, so that a repetition counts nothing twice. */
const countEnding = (record: MigrationRecord, host: EndHost): void => {
  host.count('Failed', outcomesOf(record).failed.count);
  host.count('FailedMigrations', record.status === 'failed' ? 1 : 0);
};

/** Everything is in order by now: that nobody could be told neither undoes nor fails a migration. */
const announceEnding = async (record: MigrationRecord, host: EndHost): Promise<void> => {
  try {
    await host.announce(endedOf(record, host.files));
  } catch (error) {
    const { name, message } = error as Error;
    host.log('not announced', { migrationId: record.id, error: name, message });
  }
};
