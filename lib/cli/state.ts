// Reads one migration of a state folder, for commands that start nothing and must leave nothing behind.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedHost, openEmbedded } from '../embedded/host.ts';
import { stateDirOf } from '../embedded/state-dir.ts';
import { UsageError } from '../stores/usage-error.ts';
import { type MigrationRecord, readMigration } from '../workflow/record.ts';
import { settleIfDead } from '../workflow/settle.ts';

/** undefined where nothing was ever started: asking must make neither a state folder nor records in one's own. */
export const openState = async (stateDirFlag: string | undefined): Promise<EmbeddedHost | undefined> => {
  const stateDir = stateDirOf(stateDirFlag);
  return existsSync(join(stateDir, 'records.sqlite')) ? openEmbedded({ stateDir }) : undefined;
};

export const readKnown = async <T>(
  id: string,
  stateDirFlag: string | undefined,
  use: (found: { readonly record: MigrationRecord; readonly host: EmbeddedHost }) => T | Promise<T>,
): Promise<T> => {
  const host = await openState(stateDirFlag);
  try {
    const record = host && (await readMigration(host.records, id));
    if (!record) {
      throw new UsageError(
        `there is no migration ${id} in ${stateDirOf(stateDirFlag)}: "picferry list" names those there are`,
      );
    }
    return await use({ record: await settleIfDead(record, host), host });
  } finally {
    await host?.close();
  }
};
