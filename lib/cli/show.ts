// `picferry show ID`: one migration's record and how far it is.
import type { Command } from 'commander';
import { addStateFlags, type StateFlags } from './flags.ts';

export const addShow = (program: Command): void => {
  const command = program
    .command('show')
    .summary("show a migration's record and progress")
    .description("Shows a migration's record and progress.")
    .argument('<ID>', 'as "picferry list" names it');
  addStateFlags(command).action(async (id: string, flags: StateFlags) => {
    const { runShow } = await import('./run-show.ts');
    process.exitCode = await runShow(id, flags);
  });
};
