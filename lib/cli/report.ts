// `picferry report ID`: a migration's report as a table, and where its files are.
import type { Command } from 'commander';
import { addStateFlags, type StateFlags } from './flags.ts';

export const addReport = (program: Command): void => {
  const command = program
    .command('report')
    .summary("print a migration's report, and where its files are")
    .description("Prints a migration's report as a table, and where its files are. --json: report.json itself.")
    .argument('<ID>', 'as "picferry list" names it');
  addStateFlags(command).action(async (id: string, flags: StateFlags) => {
    const { runReport } = await import('./run-report.ts');
    process.exitCode = await runReport(id, flags);
  });
};
