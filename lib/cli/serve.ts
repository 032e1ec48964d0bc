// `picferry serve`: the API on this machine.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseCount } from './values.ts';

export interface ServeFlags {
  readonly port: number;
  readonly host: 'localhost' | '127.0.0.1' | '::1' | '[::1]';
  readonly allow?: readonly string[];
  readonly linkSeconds: number;
  readonly concurrency?: number;
  readonly stateDir?: string;
}

const EXAMPLES = `
Only this machine reaches it, and only with the token that it prints and keeps in serve.json of the state folder, which
nobody but you can read. Requests name stores; those of ./picferry.json and of --allow are all there are. Schedules fire
while it runs; what was due while it did not run is not caught up. Ctrl-C cancels what runs, then stops.

Examples:
  picferry serve                                                 stores by their names in ./picferry.json
  picferry serve --allow field=/mnt/field --allow archive=s3://archive/pictures
  picferry sync field archive --api http://127.0.0.1:8377 --detach
  picferry schedule add nightly 'cron(0 2 * * ? *)' field archive --api http://127.0.0.1:8377

Exit: 0 stopped as asked, 2 refused (nothing started), 3 another serve has the state folder, 130 left at once.`;

export const addServe = (program: Command): void => {
  program
    .command('serve')
    .summary('run migrations for others: an HTTP API on this machine')
    .description('Serves the HTTP API on this machine: starts migrations, shows their reports, fires schedules.')
    .optionsGroup('Where it listens:')
    .option('--port <n>', 'port to listen on; 0 takes a free one', parsePort, 8377)
    .addOption(
      new Option('--host <name>', 'which name of this machine to listen on')
        .choices(['127.0.0.1', 'localhost', '::1', '[::1]'])
        .default('127.0.0.1'),
    )
    .optionsGroup('What it may do:')
    .option(
      '--allow <name=store>',
      'a store that requests may name: NAME=FOLDER or NAME=s3://bucket/prefix; may stand several times',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--concurrency <n>', 'pictures copied at once, by all migrations together (default: 64)', parseCount)
    .option('--link-seconds <n>', 'how long links to reports are good for', parseLinkSeconds, 3_600)
    .optionsGroup('Options:')
    .option('--state-dir <folder>', 'where records and reports are kept (default: the XDG state folder)')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ServeFlags) => {
      const { runServe } = await import('./run-serve.ts');
      process.exitCode = await runServe(flags);
    });
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535, or 0 for a free one.');
};

/** A link is a key to a report for whoever has it: a week is as long as S3's last, too. */
const LONGEST_SECONDS = 7 * 86_400;

const parseLinkSeconds = (text: string): number => {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new InvalidArgumentError(`Expected whole seconds from 1 to ${LONGEST_SECONDS} (a week).`);
};
