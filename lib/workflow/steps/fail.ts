// Fail: writes the report with the cause; frees the lock unless a task is still open, which Settle then waits for.
import { type Ending, endMigration, openUntil } from '../end.ts';
import type { Committed } from '../invocation.ts';
import type { FailInput } from '../payloads.ts';
import { changeMigration, hasEnded, type MigrationRecord, migrationPk } from '../record.ts';
import type { RunStep, StepContext } from './context.ts';

/** What the Failed state shows in the console. */
export interface FailOutput {
  readonly error: string;
  readonly cause: string;
}

export const fail: RunStep<FailInput, FailOutput> = async ({ migrationId, error }, context) => {
  const { cause, message } = (await brokenChild(error, migrationId, context)) ?? explain(error);
  const record = await changeMigration(context.records, migrationId, (now) =>
    hasEnded(now.status)
      ? undefined
      : { status: 'stopping', ...(now.stopAsked ? {} : { stopAsked: 'fail' as const, cause, message }) },
  );
  context.log('failed', { migrationId, cause, message });
  const shown = { error: record.cause ?? cause, cause: record.message ?? message };
  if (!hasEnded(record.status) && (await openUntil(context, migrationId)) > context.now()) return shown;
  await endMigration(migrationId, endingOf(record), context);
  return shown;
};

/** On AWS a Map fails with an error of its own, whatever its child threw; the child's document has the reason. */
const MAP_FAILED = 'States.ExceedToleratedFailureThreshold';
/** What a child says when the others' failure ended it. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['Stopping', 'LockLost', 'Overtaken']);

const brokenChild = async ({ Error: name }: FailInput['error'], migrationId: string, { records }: StepContext) => {
  if (name !== MAP_FAILED) return undefined;
  for await (const { broke } of records.list<Committed>(migrationPk(migrationId), 'round#')) {
    if (broke && !CONSEQUENCES.has(broke.name)) return { cause: broke.name, message: broke.message };
  }
  return undefined;
};

/** How a migration that was asked to stop ends. */
export const endingOf = (record: MigrationRecord): Ending => {
  if (record.stopAsked === 'cancel') return { status: 'cancelled', cause: 'cancelled', message: 'It was cancelled.' };
  return {
    status: 'failed',
    cause: record.cause ?? 'stopped',
    message: record.message ?? 'It was stopped from outside.',
  };
};

/** Lambda and the interpreter put `{errorType, errorMessage}` into Cause; a time-out has plain text. */
export const explain = ({ Error: name, Cause: text }: FailInput['error']): { cause: string; message: string } => {
  try {
    const { errorType, errorMessage } = JSON.parse(text) as { errorType?: unknown; errorMessage?: unknown };
    return { cause: typeof errorType === 'string' ? errorType : name, message: String(errorMessage ?? text) };
  } catch {
    return { cause: name, message: text };
  }
};
