// `picferry list`: the migrations of this state folder, newest first.
import type { Command } from 'commander';
import { addStateFlags, type StateFlags } from './flags.ts';
import { parseCount } from './values.ts';

export interface ListFlags extends StateFlags {
  readonly limit: number;
}

export const addList = (program: Command): void => {
  const command = program
    .command('list')
    .summary('list migrations, newest first')
    .description('Lists migrations, newest first.')
    .option('--limit <n>', 'how many', parseCount, 20);
  addStateFlags(command).action(async (flags: ListFlags) => {
    const { runList } = await import('./run-list.ts');
    process.exitCode = await runList(flags);
  });
};
