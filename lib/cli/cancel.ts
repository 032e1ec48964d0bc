// `picferry cancel ID`: asks a running migration to stop.
import type { Command } from 'commander';
import { addServiceFlags, type ServiceFlags } from './flags.ts';

const EXAMPLES = `
Examples:
  picferry cancel 20260131-120000-x7k2p9
  picferry cancel 20260131-120000-x7k2p9 --api https://abc123.execute-api.eu-central-1.amazonaws.com

Exit: 0 it was asked to stop, 2 refused: there is none of that id, or it has ended already.`;

export const addCancel = (program: Command): void => {
  const command = program
    .command('cancel')
    .summary('stop a running migration')
    .description(
      'Stops a running migration. What is being copied is finished or left out whole, and what was copied stays.',
    )
    .argument('<ID>', 'as "picferry list" names it');
  addServiceFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, flags: ServiceFlags) => {
      const { runCancel } = await import('./run-cancel.ts');
      process.exitCode = await runCancel(id, flags);
    });
};
