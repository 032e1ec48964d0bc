// Leaves what owners leave that died without a process to ask: a lock whose lease ran out, and a record that says `running`.

import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '../../../lib/stores/spec.ts';
import { pairOf } from '../../../lib/workflow/lock.ts';
import type { Records } from '../../../lib/workflow/ports.ts';
import { type MigrationRecord, migrationPk } from '../../../lib/workflow/record.ts';
import { DEFAULT_OPTIONS } from '../../support/default-options.ts';
import type { Random } from '../cameras/random.ts';
import { count } from './driving.ts';
import type { SoakPair } from './pairs.ts';

export interface Leaving {
  readonly records: Records;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly tally: Record<string, number>;
}

export const leaveStaleLeases = async (pairs: readonly SoakPair[], all: Leaving): Promise<void> => {
  const { random, signal, tally } = all;
  for (let number = 0; !signal.aborted; number++) {
    await sleep(random.between(3_000, 12_000));
    if (!signal.aborted && (await leaveOne(random.pick(pairs), number, all))) count(tally, 'stale leases');
  }
};

const leaveOne = async ({ sides }: SoakPair, number: number, { records }: Leaving): Promise<boolean> => {
  const [[, { spec: source }], [, { spec: destination }]] = sides;
  const pair = pairOf(addressOf(source), addressOf(destination));
  const pk = `lock#${pair}`;
  const lock = await records.get<{ pk: string; sk: string; migrationId: string | null; fencing: number }>(pk, 'lock');
  // Only a free one: it is never taken from anybody.
  if (lock === undefined || lock.migrationId !== null) return false;
  const id = `20260101-000000-stale${String(number).padStart(4, '0')}`;
  const fencing = lock.fencing + 1;
  const { pk: _, ...expected } = { pk, migrationId: null, fencing: lock.fencing };
  const taken = { pk, sk: 'lock', migrationId: id, fencing, leaseUntil: Date.now() - 1, holder: null };
  if (!(await records.put(taken as never, expected))) return false;

  const record: MigrationRecord = {
    ...{ pk: migrationPk(id), sk: 'record', index: 'migrations', createdAt: new Date().toISOString(), version: 0, id },
    ...{
      request: { mode: 'sync', source, destination, options: DEFAULT_OPTIONS },
      status: 'running',
      pair,
      fencing,
      rounds: [],
    },
  };
  await records.put(record, 'absent');
  return true;
};
