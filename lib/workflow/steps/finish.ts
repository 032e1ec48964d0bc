// Finish: writes the final report and releases the lock.
import { endMigration } from '../end.ts';
import { beginInvocation } from '../invocation.ts';
import type { RunStep } from './context.ts';

export const finish: RunStep<
  { readonly migrationId: string },
  { readonly migrationId: string; readonly status: string }
> = async ({ migrationId }, context) => {
  await beginInvocation(context, migrationId);
  const { status } = await endMigration(migrationId, { status: 'done' }, context);
  context.log('done', { migrationId });
  return { migrationId, status };
};
