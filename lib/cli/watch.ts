// `picferry watch ID`: follows a migration until it has ended.
import type { Command } from 'commander';
import { addServiceFlags, type ServiceFlags } from './flags.ts';

const EXAMPLES = `
Examples:
  picferry watch 20260131-120000-x7k2p9
  picferry watch 20260131-120000-x7k2p9 --api https://abc123.execute-api.eu-central-1.amazonaws.com

Ctrl-C stops the watching, not the migration. Exit: as "picferry sync" or "picferry check" would have ended.`;

export const addWatch = (program: Command): void => {
  const command = program
    .command('watch')
    .summary('follow a migration until it has ended')
    .description(
      'Follows a migration that runs in another process or behind an API until it has ended, and prints its result.',
    )
    .argument('<ID>', 'as "picferry list" names it');
  addServiceFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, flags: ServiceFlags) => {
      const { runWatch } = await import('./run-watch.ts');
      process.exitCode = await runWatch(id, flags);
    });
};
