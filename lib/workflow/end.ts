// How a migration ends, however it ends: the record says so, the report is written, the lock is free.
import { StoreUnavailable } from '../stores/errors.ts';
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

export interface TasksKnown {
  /** The caller ran the tasks and saw every one end, or their process is dead: what their documents say does not matter. */
  readonly tasksOver?: boolean;
}

const mayStillWrite = async (id: string, host: EndHost, { tasksOver = false }: TasksKnown): Promise<boolean> =>
  !tasksOver && (await openUntil(host, id)) > host.now();

const openRound = ({ request, rounds }: MigrationRecord): number | undefined => {
  const last = rounds.at(-1);
  const isOpen = last !== undefined && last.copying === undefined && (last.copyList?.count ?? 0) > 0;
  return request.mode === 'sync' && isOpen ? last.round : undefined;
};

/** Gives what a stopped round left its outcome, so that its figures add up too. */
const closeOpenRound = async (record: MigrationRecord, host: EndHost): Promise<MigrationRecord> => {
  const round = openRound(record);
  if (round === undefined) return record;
  return closeRound(record, round, record.stopAsked === 'cancel' ? 'cancelled' : 'stepBroke', host);
};

export interface Ending {
  readonly status: Extract<Status, 'done' | 'failed' | 'cancelled'>;
  readonly cause?: string;
  readonly message?: string;
}

/** Harmless when repeated: a migration ends once, with the first ending that was written. */
export const endMigration = async (
  migrationId: string,
  ending: Ending,
  host: EndHost,
  known: TasksKnown = {},
): Promise<MigrationRecord> => {
  let record = await readMigration(host.records, migrationId);
  if (!record) throw new Error(`There is no migration ${migrationId}.`);
  for (let final = ending, again = true; again && !hasEnded(record.status); ) {
    try {
      if (ending.status !== 'done') record = await closeOpenRound(record, host);
    } catch (error) {
      // A bad moment is no ending: whoever ends it tries again, else Settle does, and what was committed still counts.
      if (error instanceof StoreUnavailable) throw error;
      final = { status: 'failed', cause: (error as Error).name, message: (error as Error).message };
    }
    let mine = false;
    record = await changeMigration(host.records, migrationId, (now) => {
      // A step that nobody waits for any more may have begun a round since: that one is closed as well.
      again = !hasEnded(now.status) && final.status !== 'done' && final === ending && openRound(now) !== undefined;
      mine = !hasEnded(now.status) && !again;
      return mine ? { ...final, endedAt: new Date(host.now()).toISOString() } : undefined;
    });
    if (mine) countEnding(record, host);
  }
  await completeEnding(record, host, known);
  return record;
};

/**
 * All that follows once the record says how it ended. Harmless when repeated, but that it is announced again. A report that
 * cannot be written keeps nobody from the pair; throws all the same, and `isComplete` tells that it has to be repeated.
 * An invocation that was taken for lost may still be writing, even where its successor did all its work: until its time is
 * over the pair stays locked, and the sweep frees it.
 */
export const completeEnding = async (record: MigrationRecord, host: EndHost, known: TasksKnown = {}): Promise<void> => {
  try {
    await writeReport(host.files, record);
  } finally {
    if (!(await mayStillWrite(record.id, host, known))) await releaseLock(host, record.pair, record.id, record.fencing);
  }
  await announceEnding(record, host);
};

/** Of an ended one: whether its report says how it ended and its pair is free, as soon as it may be. */
export const isComplete = async (
  { id, pair, fencing, status }: MigrationRecord,
  host: EndHost,
  known: TasksKnown = {},
): Promise<boolean> =>
  (await reportedStatus(host.files, id)) === status &&
  (!(await holdsLock(host, pair, id, fencing)) || (await mayStillWrite(id, host, known)));

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
