// Finish: writes the final report and releases the lock.
import { endMigration } from '../end.ts';
import { beginInvocation } from '../invocation.ts';
import { hasEnded, readMigration } from '../record.ts';
import type { RunStep } from './context.ts';

export const finish: RunStep<
  { readonly migrationId: string },
  { readonly migrationId: string; readonly status: string }
> = async ({ migrationId }, context) => {
  // Tried again after its report or the lock's release failed: the record has ended, the rest is done once more.
  const record = await readMigration(context.records, migrationId);
  if (!record || !hasEnded(record.status)) await beginInvocation(context, migrationId);
  const { status } = await endMigration(migrationId, { status: 'done' }, context);
  context.log('done', { migrationId });
  return { migrationId, status };
};
