// Idempotency keys: whoever comes first with a key reserves it for a migration's id; whoever repeats it gets that id.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Document, Records } from '../workflow/ports.ts';
import { readMigration } from '../workflow/record.ts';
import type { MigrationBody } from './bodies.ts';

const DAY_MS = 86_400_000;

export interface Reservation extends Document {
  readonly sk: 'key';
  readonly bodyHash: string;
  /** null: nothing was started under this key, it is free again. */
  readonly migrationId: string | null;
  /** ISO 8601: when it was reserved. */
  readonly at: string;
  /** Seconds since 1970: who cleans up may remove it then. */
  readonly expiresAt: number;
}

export interface Reserving {
  readonly records: Records;
  now(): number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Of the body as it was understood: neither the order of fields nor defaults left out make another one. */
export const hashOf = (body: MigrationBody): string => sha256(JSON.stringify(body));

/** Keys are hashed: they may hold anything and be of any length. */
const pkOf = (key: string): string => `idempotency#${sha256(key)}`;

/** What stands under the key, taken or released; undefined where nothing has for 24 hours. */
const read = async (key: string, { records, now }: Reserving): Promise<Reservation | undefined> => {
  const found = await records.get<Reservation>(pkOf(key), 'key');
  return found && now() - Date.parse(found.at) < DAY_MS ? found : undefined;
};

export const takenBy = async (
  key: string,
  host: Reserving,
): Promise<(Reservation & { migrationId: string }) | undefined> => {
  const found = await read(key, host);
  return found && found.migrationId !== null ? { ...found, migrationId: found.migrationId } : undefined;
};

/** False: somebody else was faster. */
export const reserve = async (
  key: string,
  bodyHash: string,
  migrationId: string,
  { records, now }: Reserving,
): Promise<boolean> => {
  const former = await records.get<Reservation>(pkOf(key), 'key');
  const at = new Date(now()).toISOString();
  const expiresAt = Math.ceil((now() + DAY_MS) / 1000);
  const mine: Reservation = { pk: pkOf(key), sk: 'key', bodyHash, migrationId, at, expiresAt };
  const isTaken = former?.migrationId != null && now() - Date.parse(former.at) < DAY_MS;
  if (isTaken) return false;
  return records.put(mine, former ? { migrationId: former.migrationId, at: former.at } : 'absent');
};

/** Nothing was started: the next request with this key is a first one again. */
export const release = async (key: string, migrationId: string, host: Reserving): Promise<void> => {
  const found = await read(key, host);
  if (found) await host.records.put({ ...found, migrationId: null }, { migrationId });
};

/** The one who reserved a key writes the record in well under a second; who has died never does. */
const WAIT_MS = 3_000;
const LOOK_EVERY_MS = 50;

/** What became of the one who reserved it: the record is there, the key is free again, or nothing for too long. */
export const whatBecameOf = async (
  key: string,
  { migrationId, at }: Reservation & { migrationId: string },
  host: Reserving,
): Promise<'started' | 'released' | 'nothing'> => {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    if (await readMigration(host.records, migrationId)) return 'started';
    if ((await takenBy(key, host))?.migrationId !== migrationId) return 'released';
    if (waitedMs >= WAIT_MS || host.now() - Date.parse(at) > WAIT_MS) return 'nothing';
    await sleep(LOOK_EVERY_MS);
  }
};
