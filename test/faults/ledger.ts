// What the fault tests have proved, noted by each of them as it passes: docs/faults.md is made from it.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

export const STORES = ['folder → folder', 'folder → S3', 'S3 → folder', 'S3 → S3', 'S3 → another S3'] as const;
/** `S3 → S3`: one service, copied by itself. `S3 → another S3`: two services, pictures stream through Picferry. */
export type Stores = (typeof STORES)[number];

export const PLACES = ['embedded', 'processes of their own', 'as deployed, in the interpreter', 'emulator'] as const;
/** `embedded`: a host inside the test. `as deployed, in the interpreter`: invocations with deadlines, a lease, no processes to ask. */
export type Place = (typeof PLACES)[number];

export interface Proved {
  /** A row of the table: what broke, as people would say it. */
  readonly fault: string;
  /** How it was made, in a sentence: the same one for every cell of a row. */
  readonly how: string;
  readonly stores: Stores;
  readonly where: Place;
  readonly cases: number;
  /** They are states of a model that was searched: no case of them was run as a migration of its own. */
  readonly states?: true;
}

/** Call it after the last assertion: what did not pass is not in the table. */
export const proved = (cell: Proved): void => {
  const folder = process.env.PICFERRY_FAULTS_LEDGER;
  if (folder === undefined) return;
  appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(cell)}\n`);
};
