// `picferry show ID`: one migration's record and how far it is.
import type { Command } from 'commander';
import { addServiceFlags, type ServiceFlags } from './flags.ts';

const EXAMPLES = `
Examples:
  picferry show 20260131-120000-x7k2p9
  picferry show 20260131-120000-x7k2p9 --json          figures, request, progress and rounds`;

export const addShow = (program: Command): void => {
  const command = program
    .command('show')
    .summary("show a migration's record and progress")
    .description("Shows a migration's record and progress.")
    .argument('<ID>', 'as "picferry list" names it');
  addServiceFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, flags: ServiceFlags) => {
      const { runShow } = await import('./run-show.ts');
      process.exitCode = await runShow(id, flags);
    });
};
