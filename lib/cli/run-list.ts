// Runs `list`: one line a migration, newest first.
import type { MigrationSummary } from '../api/resources.ts';
import { formatMoment } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { EXIT } from './exit.ts';
import type { ListFlags } from './list.ts';
import { withService } from './service.ts';

export const runList = (flags: ListFlags): Promise<number> =>
  withService(flags, async (service) => {
    const migrations = await service.list({ limit: flags.limit });
    if (flags.json) process.stdout.write(`${JSON.stringify({ migrations })}\n`);
    else if (migrations.length === 0) process.stdout.write('No migrations yet.\n');
    else process.stdout.write(`${migrations.map(lineOf).join('\n')}\n`);
    return EXIT.fine;
  });

const lineOf = ({ id, mode, status, source, destination, startedAt }: MigrationSummary): string => {
  const columns = [id.padEnd(22), status.padEnd(9), mode.padEnd(5), formatMoment(startedAt)];
  return printable(`${columns.join('  ')}  ${source} -> ${destination}`);
};
