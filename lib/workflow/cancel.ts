// Cancel: the record says so first, so that no commit after it goes unnoticed; then the execution is stopped.
import type { Executions, Records } from './ports.ts';
import { changeMigration, hasEnded, type MigrationRecord } from './record.ts';

export const cancelMigration = async (
  migrationId: string,
  host: { readonly records: Records; readonly executions: Executions },
): Promise<MigrationRecord> => {
  const record = await changeMigration(host.records, migrationId, (now) =>
    hasEnded(now.status) ? undefined : { status: 'stopping', stopAsked: 'cancel' },
  );
  if (!hasEnded(record.status)) await host.executions.stop(migrationId);
  return record;
};
