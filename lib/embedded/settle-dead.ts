// Settles what a process left when it was killed: its migrations would be called running for ever.
import { setImmediate as turn } from 'node:timers/promises';
import { allMigrations, hasEnded, type MigrationRecord } from '../workflow/record.ts';
import { type SettleHost, settleIfDead } from '../workflow/settle.ts';

/** Records read at once: requests are answered in between. */
const PAGE = 50;

/**
 * Goes through all records, the newest first. Never rejects: what cannot be settled, or even read, is logged, and whoever
 * looks at it tries again.
 */
export const settleDead = async (host: SettleHost, signal: AbortSignal, page = PAGE): Promise<void> => {
  try {
    for await (const record of allMigrations(host.records, page)) {
      await settleOne(record, host);
      await turn();
      if (signal.aborted) return;
    }
  } catch (error) {
    host.log('migrations cannot be read', { message: (error as Error).message });
  }
};

const settleOne = async (record: MigrationRecord, host: SettleHost): Promise<void> => {
  if (hasEnded(record.status)) return;
  try {
    const { id, status } = await settleIfDead(record, host);
    if (hasEnded(status)) host.log('settled', { migrationId: id, status });
  } catch (error) {
    host.log('not settled', { migrationId: record.id, message: (error as Error).message });
  }
};
