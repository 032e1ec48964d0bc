// `picferry report ID`: a migration's report as a table, in a browser or as files, and where its files are.
import { type Command, Option } from 'commander';
import { addServiceFlags, type ServiceFlags } from './flags.ts';

export interface ReportFlags extends ServiceFlags {
  readonly open?: true;
  readonly download?: string;
}

const EXAMPLES = `
Examples:
  picferry report 20260131-120000-x7k2p9
  picferry report 20260131-120000-x7k2p9 --open
  picferry report 20260131-120000-x7k2p9 --download ./report
  picferry report 20260131-120000-x7k2p9 --json        report.json itself`;

export const addReport = (program: Command): void => {
  const command = program
    .command('report')
    .summary("print a migration's report, open it, or download its files")
    .description("Prints a migration's report as a table, and where its files are. --json: report.json itself.")
    .argument('<ID>', 'as "picferry list" names it')
    .optionsGroup('What to do:')
    .option('--open', 'open the page in a browser, and print where it is')
    .addOption(
      new Option('--download <folder>', 'write page, report and lists into a folder, over nothing').conflicts('open'),
    );
  addServiceFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, flags: ReportFlags) => {
      const { runReport } = await import('./run-report.ts');
      process.exitCode = await runReport(id, flags);
    });
};
