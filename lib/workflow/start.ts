// Start: takes the pair's lock, writes the record and the request, then starts the execution under the migration's id.
import { customAlphabet } from 'nanoid';
import { addressOf } from '../stores/spec.ts';
import { requestFrom } from './from.ts';
import type { Limits } from './limits.ts';
import { writeJson } from './lines.ts';
import { pairOf, releaseLock, takeLock } from './lock.ts';
import { requestPath } from './paths.ts';
import { type MigrationRecord, migrationPk, readMigration } from './record.ts';
import type { From, MigrationRequest } from './request.ts';
import { type SettleHost, settle } from './settle.ts';

export interface StartHost extends SettleHost {
  readonly limits: Limits;
}

export type StartResult =
  | { readonly kind: 'started'; readonly id: string }
  /** Another migration holds the pair's lock. */
  | { readonly kind: 'busy'; readonly id: string }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 409 | 410; readonly message: string };

const suffix = customAlphabet('0123456789abcdefghijkmnpqrstuvwxyz', 6);

/** Sorts by time, says when, and fits a Step Functions execution name: `20260131-120000-x7k2p9`. */
const newId = (nowMs: number): string => {
  const digits = new Date(nowMs).toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${suffix()}`;
};

export const startMigration = async (request: MigrationRequest, host: StartHost): Promise<StartResult> => {
  const id = newId(host.now());
  const pair = pairOf(addressOf(request.source), addressOf(request.destination));
  const lock = await takeLock(host, pair, id, host.limits.leaseMs);
  if (lock.kind === 'heldBy') return { kind: 'busy', id: lock.migrationId };
  try {
    if (lock.takenFrom) await settleFormer(lock.takenFrom, host);
    await host.records.put(recordOf(id, request, pair, lock.fencing, host.now()), 'absent');
    await writeJson(host.files, requestPath(id), request);
    await host.executions.start(id);
    return { kind: 'started', id };
  } catch (error) {
    await releaseLock(host, pair, id, lock.fencing);
    throw error;
  }
};

/** The stores and options of an earlier migration, and its lists instead of a listing. */
export const startFrom = async (from: From, host: StartHost): Promise<StartResult> => {
  const found = await requestFrom(from, host);
  return found.kind === 'refused' ? found : startMigration(found.request, host);
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
