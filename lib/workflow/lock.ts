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

/**
 * Takes a free, lapsed or dead lock. `takenFrom` names the migration that lost it and must be settled. Whoever takes it
 * again for the same migration keeps its number, since the record may carry it already; while another living process
 * does so, the lock is held by that very migration.
 */
export const takeLock = async (
  host: LockHost,
  pair: string,
  migrationId: string,
  leaseMs: number,
): Promise<LockResult> => {
  for (;;) {
    const found = await host.records.get<LockDocument>(lockPk(pair), 'lock');
    const takenFrom = found?.migrationId ?? undefined;
    const again = takenFrom === migrationId;
    const mine = again && found?.holder === (host.liveness.mine ?? null);
    if (found && takenFrom && !mine && !(await hasLapsed(host, found))) {
      return { kind: 'heldBy', migrationId: takenFrom };
    }
    const fencing = (found?.fencing ?? 0) + (again ? 0 : 1);
    const taken: LockDocument = {
      pk: lockPk(pair),
      sk: 'lock',
      migrationId,
      fencing,
      leaseUntil: host.now() + leaseMs,
      holder: host.liveness.mine ?? null,
    };
    // The lease as well: an invocation of its owner may have begun, and renewed it, since it was read.
    const expected = found && {
      fencing: found.fencing,
      migrationId: found.migrationId,
      holder: found.holder,
      leaseUntil: found.leaseUntil,
    };
    if (await host.records.put(taken, expected ?? 'absent')) {
      return { kind: 'taken', fencing, ...(takenFrom && !again ? { takenFrom } : {}) };
    }
  }
};

/** A living process keeps its lock however long it sleeps; without processes the lease decides. */
const hasLapsed = async (host: LockHost, lock: LockDocument): Promise<boolean> =>
  lock.holder === null ? lock.leaseUntil <= host.now() : host.liveness.isDead(lock.holder);

/**
 * As an invocation begins; refused, it must end without touching anything. A lease is never shortened: one that began
 * earlier may come here later, and its successor relies on the lease it renewed itself.
 */
export const renewLock = async (
  host: LockHost,
  pair: string,
  migrationId: string,
  fencing: number,
  leaseMs: number,
): Promise<void> => {
  const wanted = host.now() + leaseMs;
  const holder = host.liveness.mine ?? null;
  for (;;) {
    const found = await host.records.get<LockDocument>(lockPk(pair), 'lock');
    if (found?.migrationId !== migrationId || found.fencing !== fencing) {
      throw new LockLost(`Migration ${migrationId} no longer holds the lock of its pair; another one took over.`);
    }
    // Many begin at once: whoever finds the lease long enough need not write.
    if (found.leaseUntil >= wanted && found.holder === holder) return;
    const leaseUntil = Math.max(found.leaseUntil, wanted);
    if (
      await host.records.put({ ...found, leaseUntil, holder }, { migrationId, fencing, leaseUntil: found.leaseUntil })
    )
      return;
  }
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

/** How long a start may need from its lock to its record. */
const STARTING_MS = 60_000;

/**
 * For a lock that names a migration without a record: frees it where its start took it so long ago that it must have died.
 * One that was only slow finds its number taken over and touches nothing. Holding processes are asked whether they live.
 */
export const freeUnstarted = async (
  host: LockHost,
  pair: string,
  migrationId: string,
  leaseMs: number,
): Promise<boolean> => {
  const found = await host.records.get<LockDocument>(lockPk(pair), 'lock');
  if (found?.migrationId !== migrationId || found.holder !== null) return false;
  const { fencing, leaseUntil } = found;
  if (host.now() - (leaseUntil - leaseMs) <= STARTING_MS) return false;
  const free: LockDocument = { ...found, migrationId: null, leaseUntil: 0 };
  return host.records.put(free, { migrationId, fencing, leaseUntil });
};

/** Whether the lock names this migration still, living or not; under this number, where one is told. */
export const holdsLock = async (
  host: LockHost,
  pair: string,
  migrationId: string,
  fencing?: number,
): Promise<boolean> => {
  const found = await host.records.get<LockDocument>(lockPk(pair), 'lock');
  return found?.migrationId === migrationId && (fencing === undefined || found.fencing === fencing);
};

/** Whether the holder's process is gone (embedded) or the lease ran out. */
export const lockHasLapsed = async (host: LockHost, pair: string, migrationId: string): Promise<boolean> => {
  const found = await host.records.get<LockDocument>(lockPk(pair), 'lock');
  return !found || found.migrationId !== migrationId || hasLapsed(host, found);
};
