// `picferry list`: the migrations of a state folder or an API, newest first.
import type { Command } from 'commander';
import { addServiceFlags, type ServiceFlags } from './flags.ts';
import { parseCount } from './values.ts';

export interface ListFlags extends ServiceFlags {
  readonly limit: number;
}

const EXAMPLES = `
Examples:
  picferry list
  picferry list --limit 100 --json
  picferry list --api https://abc123.execute-api.eu-central-1.amazonaws.com`;

export const addList = (program: Command): void => {
  const command = program
    .command('list')
    .summary('list migrations, newest first')
    .description('Lists migrations, newest first.')
    .option('--limit <n>', 'how many', parseCount, 20);
  addServiceFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ListFlags) => {
      const { runList } = await import('./run-list.ts');
      process.exitCode = await runList(flags);
    });
};
