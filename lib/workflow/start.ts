// Start: takes the pair's lock, writes the record and the request, then starts the execution under the migration's id.
import { customAlphabet } from 'nanoid';
import { addressOf } from '../stores/spec.ts';
import { endMigration } from './end.ts';
import { requestFrom, type StoresOf } from './from.ts';
import type { Limits } from './limits.ts';
import { writeJson } from './lines.ts';
import { freeUnstarted, type LockResult, pairOf, releaseLock, takeLock } from './lock.ts';
import { pairDocumentOf } from './pair-index.ts';
import { requestPath } from './paths.ts';
import { hasEnded, type MigrationRecord, migrationPk, readMigration } from './record.ts';
import type { From, MigrationRequest } from './request.ts';
import { type SettleHost, settle, settleIfDead } from './settle.ts';

export interface StartHost extends SettleHost {
  readonly limits: Limits;
  /** Embedded, where no lease runs out while the process lives: does again later what failed now (the disk was full). */
  later?(migrationId: string, work: () => Promise<unknown>): void;
}

export interface StartOptions {
  /** Chosen beforehand: starting again under it is harmless, wherever the first attempt broke off. */
  readonly id?: string;
}

export type StartResult =
  | { readonly kind: 'started'; readonly id: string }
  /** Another migration holds the pair's lock. */
  | { readonly kind: 'busy'; readonly id: string }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404 | 409 | 410; readonly message: string };

/** The cause of one whose execution never began. */
export const NOT_STARTED = 'notStarted';

const suffix = customAlphabet('0123456789abcdefghijkmnpqrstuvwxyz', 6);

/** Sorts by time, says when, and fits a Step Functions execution name: `20260131-120000-x7k2p9`. */
export const newId = (nowMs: number): string => {
  const digits = new Date(nowMs).toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${suffix()}`;
};

export const startMigration = async (
  request: MigrationRequest,
  host: StartHost,
  options: StartOptions = {},
): Promise<StartResult> => {
  const id = options.id ?? newId(host.now());
  const started: StartResult = { kind: 'started', id };
  if (options.id !== undefined && (await finishStarting(id, host))) return started;
  const pair = pairOf(addressOf(request.source), addressOf(request.destination));
  const lock = await takeLockOf(pair, id, host);
  // Held under this very id: another process is starting it.
  if (lock.kind === 'heldBy') return lock.migrationId === id ? started : { kind: 'busy', id: lock.migrationId };
  const record = recordOf(id, request, pair, lock.fencing, host.now());
  let isFirst = false;
  try {
    // Before anything else: a lock without a record names a migration that nobody finds.
    isFirst = await host.records.put(record, 'absent');
    if (isFirst && lock.takenFrom) await settleFormer(lock.takenFrom, host);
    if (isFirst) await launch(record, host);
  } catch (error) {
    await giveUp(record, isFirst, error as Error, host);
    throw error;
  }
  if (!isFirst) await joinFirst(record, host);
  return started;
};

/** Once more where whoever holds the lock is over and nobody had looked yet: deployed, a stopped one waits for the sweep. */
const takeLockOf = async (pair: string, id: string, host: StartHost): Promise<LockResult> => {
  const lock = await takeLock(host, pair, id, host.limits.leaseMs);
  if (lock.kind !== 'heldBy' || lock.migrationId === id || !(await isOver(lock.migrationId, pair, host))) return lock;
  return takeLock(host, pair, id, host.limits.leaseMs);
};

const isOver = async (id: string, pair: string, host: StartHost): Promise<boolean> => {
  const holder = await readMigration(host.records, id);
  if (!holder) return freeUnstarted(host, pair, id, host.limits.leaseMs);
  // Embedded, the process that stops it lives and will end it.
  const waits = holder.status === 'stopping' && host.liveness.mine === undefined;
  if (!waits && !hasEnded(holder.status)) return false;
  const after = await settle(id, host);
  return after !== undefined && hasEnded(after.status);
};

/** The stores and options of an earlier migration, and its lists instead of a listing. */
export const startFrom = async (
  from: From,
  host: StartHost,
  options: StartOptions & { readonly storesOf?: StoresOf } = {},
): Promise<StartResult> => {
  const found = await requestFrom(from, host, options.storesOf);
  return found.kind === 'refused' ? found : startMigration(found.request, host, options);
};

/**
 * Completes a start that broke off after its record was written; a migration that runs or has ended is left alone.
 * False: there is no record of that id.
 */
export const finishStarting = async (id: string, host: StartHost): Promise<boolean> => {
  const record = await readMigration(host.records, id);
  if (!record) return false;
  // Embedded, its process is starting it, or runs it, or is gone.
  if (host.liveness.mine !== undefined) await settleIfDead(record, host);
  else if (record.status === 'running' && (await host.executions.status(id)) === 'unknown') await launch(record, host);
  return true;
};

/** Every write may be repeated: the documents are the same, and the execution has the migration's name. */
const launch = async (record: MigrationRecord, host: StartHost): Promise<void> => {
  await host.records.put(pairDocumentOf(record));
  await writeJson(host.files, requestPath(record.id), record.request);
  await host.executions.start(record.id);
};

/** Somebody else starting under this id was faster. The lock is theirs too, unless it had changed hands since. */
const joinFirst = async ({ id, pair, fencing }: MigrationRecord, host: StartHost): Promise<void> => {
  const first = await readMigration(host.records, id);
  if (first?.fencing !== fencing || hasEnded(first.status)) await releaseLock(host, pair, id, fencing);
  await finishStarting(id, host);
};

/** No record may say `running` for ever. Deployed, where even this fails, the lease runs out and Settle ends it. */
const giveUp = async (record: MigrationRecord, isWritten: boolean, error: Error, host: StartHost): Promise<void> => {
  const { id } = record;
  host.log('not started', { migrationId: id, error: error.name, message: error.message });
  const message = `The workflow could not be started (${error.name}). Nothing was copied: start it again.`;
  const ending = { status: 'failed', cause: NOT_STARTED, message } as const;
  const undo = () => (isWritten ? endMigration(id, ending, host) : releaseUnrecorded(record, host));
  try {
    await undo();
  } catch (another) {
    const { name, message } = another as Error;
    host.log('neither started nor ended', { migrationId: id, error: name, message });
    host.later?.(id, undo);
  }
};

/** A record that stands by now is another attempt's, and so is the lock. */
const releaseUnrecorded = async ({ id, pair, fencing }: MigrationRecord, host: StartHost): Promise<void> => {
  if (!(await readMigration(host.records, id))) await releaseLock(host, pair, id, fencing);
};

const settleFormer = async (migrationId: string, host: StartHost): Promise<void> => {
  if (await readMigration(host.records, migrationId)) await settle(migrationId, host);
};

const recordOf = (
  id: string,
  request: MigrationRequest,
  pair: string,
  fencing: number,
  nowMs: number,
): MigrationRecord => ({
  pk: migrationPk(id),
  sk: 'record',
  index: 'migrations',
  createdAt: new Date(nowMs).toISOString(),
  version: 0,
  id,
  request,
  status: 'running',
  pair,
  fencing,
  rounds: [],
});
