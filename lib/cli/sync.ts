// `picferry sync`: copies what is missing on the destination, and proves that it arrived.
import { type Command, Option } from 'commander';
import { addPairFlags, type PairFlags } from './flags.ts';

export interface SyncFlags extends PairFlags {
  readonly dryRun?: true;
  readonly from?: string;
  readonly only?: 'missing' | 'failed';
}

const EXAMPLES = `
Examples:
  picferry sync /mnt/old-server s3://new-pictures/
  picferry sync s3://old/cam1/ s3://new/cam1/ --captured-after 2026-01-01
  picferry sync old new                            stores by their names in ./picferry.json
  picferry sync s3://old/ s3://new/ --destination-endpoint-url https://minio.example.org
  picferry sync --from 20260131-120000-x7k2p9      copies what that check found missing
  picferry sync --from 20260131-120000-x7k2p9 --only failed
  picferry sync old new --api https://abc123.execute-api.eu-central-1.amazonaws.com --detach

Exit: 0 nothing remains, 1 something remains or failed, 2 refused (nothing started), 3 failed, cancelled or busy.`;

export const addSync = (program: Command): void => {
  const command = program
    .command('sync')
    .summary('copy what is missing on the destination, and prove that it arrived')
    .description(
      'Compares two stores, copies what is missing on DESTINATION, and compares again.\n' +
        'A store is s3://bucket/prefix, a folder, or a name in ./picferry.json.',
    )
    .usage('SOURCE DESTINATION [options]\n       picferry sync --from ID [--only missing|failed]')
    .argument('[SOURCE]', 'where the pictures are')
    .argument('[DESTINATION]', 'where they should be, too')
    .optionsGroup('What to do:')
    .option('--dry-run', 'only compare, as "picferry check" does')
    .option('--from <id>', 'copy from the lists of that migration instead of listing first')
    .addOption(
      new Option('--only <what>', 'with --from: all it found missing, or what it failed to copy').choices([
        'missing',
        'failed',
      ]),
    );
  addPairFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (source: string | undefined, destination: string | undefined, flags: SyncFlags) => {
      const { runSync } = await import('./run-pair.ts');
      process.exitCode = await runSync(source, destination, flags, command);
    });
};
