// Runs `list`: one line a migration, newest first.
import { formatMoment } from '../report/format.ts';
import { listMigrations, type MigrationRecord } from '../workflow/record.ts';
import { reportOf } from '../workflow/report-of.ts';
import { settleIfDead } from '../workflow/settle.ts';
import { EXIT } from './exit.ts';
import type { ListFlags } from './list.ts';
import { resultOfRecord } from './print-result.ts';
import { printable } from './printable.ts';
import { openState } from './state.ts';

export const runList = async ({ stateDir, json, limit }: ListFlags): Promise<number> => {
  const host = await openState(stateDir);
  try {
    const found = host ? await listMigrations(host.records, { limit }) : [];
    const records = host ? await Promise.all(found.map((record) => settleIfDead(record, host))) : [];
    if (json) {
      const migrations = host
        ? records.map((record) => ({ ...aboutOf(record), ...resultOfRecord(record, host.files) }))
        : [];
      process.stdout.write(`${JSON.stringify({ migrations })}\n`);
    } else if (records.length === 0) {
      process.stdout.write('No migrations yet.\n');
    } else {
      process.stdout.write(`${records.map(lineOf).join('\n')}\n`);
    }
    return EXIT.fine;
  } finally {
    await host?.close();
  }
};

/** What a result does not say of itself. */
export const aboutOf = (record: MigrationRecord) => {
  const { mode, source, destination, startedAt, endedAt, asOf } = reportOf(record);
  return {
    mode,
    source,
    destination,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(asOf === undefined ? {} : { asOf }),
  };
};

const lineOf = (record: MigrationRecord): string => {
  const { id, mode, status, source, destination, startedAt } = reportOf(record);
  const columns = [id.padEnd(22), status.padEnd(9), mode.padEnd(5), formatMoment(startedAt)];
  return printable(`${columns.join('  ')}  ${source} -> ${destination}`);
};
