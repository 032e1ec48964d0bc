// The lock of a pair: one migration at a time writes between two stores, in whichever direction.
import { createHash } from 'node:crypto';
import { LockLost } from './errors.ts';
import type { Document, Liveness, Records } from './ports.ts';

interface LockDocument extends Document {
  readonly sk: 'lock';
  /** null: free. The document stays, so that fencing numbers only ever grow. */
  readonly migrationId: string | null;
  readonly fencing: number;
  /** ms since 1970. */
  readonly leaseUntil: number;
  /** The process that holds it, embedded. */
  readonly holder: string | null;
}

/** Same for both directions of a pair; hashed, because addresses may be long. */
export const pairOf = (sourceAddress: string, destinationAddress: string): string =>
  createHash('sha256').update([sourceAddress, destinationAddress].sort().join('\n')).digest('hex').slice(0, 32);

const lockPk = (pair: string): string => `lock#${pair}`;

export type LockResult =
  | { readonly kind: 'taken'; readonly fencing: number; readonly takenFrom?: string }
  | { readonly kind: 'heldBy'; readonly migrationId: string };

export interface LockHost {
  readonly records: Records;
  readonly liveness: Liveness;
  now(): number;
}

/** Takes a free, lapsed or dead lock. `takenFrom` names the migration that lost it and must be settled. */
export const takeLock = async (
  host: LockHost,
  pair: string,
  migrationId: string,
  leaseMs: number,
): Promise<LockResult> => {
  for (;;) {
    const found = await host.records.get<LockDocument>(lockPk(pair), 'lock');
    const takenFrom = found?.migrationId ?? undefined;
    if (found && takenFrom && takenFrom !== migrationId && !(await hasLapsed(host, found))) {
      return { kind: 'heldBy', migrationId: takenFrom };
    }
    const fencing = (found?.fencing ?? 0) + 1;
    const taken: LockDocument = {
      pk: lockPk(pair),
      sk: 'lock',
      migrationId,
      fencing,
      leaseUntil: host.now() + leaseMs,
      holder: host.liveness.mine ?? null,
    };
    if (await host.records.put(taken, found ? { fencing: found.fencing, migrationId: found.migrationId } : 'absent')) {
      return { kind: 'taken', fencing, ...(takenFrom && takenFrom !== migrationId ? { takenFrom } : {}) };
    }
  }
};

/** A living process keeps its lock however long it sleeps; without processes the lease decides. */
const hasLapsed = async (host: LockHost, lock: LockDocument): Promise<boolean> =>
  lock.holder === null ? lock.leaseUntil <= host.now() : host.liveness.isDead(lock.holder);

/** One conditional write as an invocation begins; refused, it must end without touching anything. */
export const renewLock = async (
  host: LockHost,
  pair: string,
  migrationId: string,
  fencing: number,
  leaseMs: number,
): Promise<void> => {
  const renewed: LockDocument = {
    pk: lockPk(pair),
    sk: 'lock',
    migrationId,
    fencing,
    leaseUntil: host.now() + leaseMs,
    holder: host.liveness.mine ?? null,
  };
  if (await host.records.put(renewed, { migrationId, fencing })) return;
  throw new LockLost(`Migration ${migrationId} no longer holds the lock of its pair; another one took over.`);
};

/** Only its owner releases a lock; anybody else's call changes nothing. */
export const releaseLock = async (
  host: LockHost,
  pair: string,
  migrationId: string,
  fencing: number,
): Promise<void> => {
  const free: LockDocument = { pk: lockPk(pair), sk: 'lock', migrationId: null, fencing, leaseUntil: 0, holder: null };
  await host.records.put(free, { migrationId, fencing });
};

/** Whether the holder's process is gone (embedded) or the lease ran out. */
export const lockHasLapsed = async (host: LockHost, pair: string, migrationId: string): Promise<boolean> => {
  const found = await host.records.get<LockDocument>(lockPk(pair), 'lock');
  return !found || found.migrationId !== migrationId || hasLapsed(host, found);
};
