// `picferry check`: compares two stores and copies nothing.
import type { Command } from 'commander';
import { addPairFlags, type PairFlags } from './flags.ts';

const EXAMPLES = `
Examples:
  picferry check /mnt/old-server /mnt/new-server
  picferry check old new --checksum --json         stores by their names in ./picferry.json
  picferry check s3://old/ s3://new/ --exclude '**/thumbs/**'
  picferry check old new --api https://abc123.execute-api.eu-central-1.amazonaws.com

Exit: 0 the destination has everything, 1 it does not, 2 refused (nothing started), 3 failed, cancelled or busy.`;

export const addCheck = (program: Command): void => {
  const command = program
    .command('check')
    .summary('compare two stores, copy nothing')
    .description(
      'Compares two stores and says what is missing on DESTINATION. Copies nothing.\n' +
        'A store is s3://bucket/prefix, a folder, or a name in ./picferry.json.',
    )
    .usage('SOURCE DESTINATION [options]')
    .argument('<SOURCE>', 'where the pictures are')
    .argument('<DESTINATION>', 'where they should be, too');
  addPairFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (source: string, destination: string, flags: PairFlags) => {
      const { runPair } = await import('./run-pair.ts');
      process.exitCode = await runPair('check', source, destination, flags);
    });
};
