// Cancelling over the API: asked for now, done when no task runs any more.
import { cancelMigration } from '../workflow/cancel.ts';
import { hasEnded } from '../workflow/record.ts';
import type { SettleHost } from '../workflow/settle.ts';
import { noMigration, type Refusal, refused } from './refusal.ts';
import type { MigrationDetail } from './resources.ts';
import { detailOfRecord, knownMigration } from './summary.ts';

export const cancelRequested = async (id: string, host: SettleHost): Promise<MigrationDetail | Refusal> => {
  const known = await knownMigration(id, host);
  if (!known) return noMigration(id);
  const record = hasEnded(known.status) ? known : await cancelMigration(id, host);
  if (!hasEnded(record.status)) return detailOfRecord(record, host);
  const how = record.cause === undefined ? record.status : `${record.status} (${record.cause})`;
  return refused(409, `Migration ${id} has ended already, as ${how}: there is nothing to cancel.`, id);
};
