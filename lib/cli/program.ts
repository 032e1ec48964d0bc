// The command line as a whole. Light on purpose: what a command does is loaded when it is called.
import { Command } from 'commander';
import { addCancel } from './cancel.ts';
import { addCheck } from './check.ts';
import { addList } from './list.ts';
import { addReport } from './report.ts';
import { addSchedule } from './schedule.ts';
import { addServe } from './serve.ts';
import { addShow } from './show.ts';
import { addSync } from './sync.ts';
import { VERSION } from './version.ts';
import { addWatch } from './watch.ts';

const PROMISE = 'Nothing is ever deleted, on either side, and nothing is overwritten unless you ask for it.\n';

const EXAMPLES = `
Examples:
  picferry check s3://old-server/ s3://new-server/       what is missing?
  picferry sync /mnt/old-server s3://new-server/         copy it
  picferry sync old new --api https://…                  a deployment or "picferry serve" runs it
  picferry sync --help                                   filters, services, what else there is

Environment:
  PICFERRY_API      URL of a deployment or of "picferry serve": as if --api stood in every command
  PICFERRY_TOKEN    token of a "picferry serve" whose state folder is not at hand
  AWS_PROFILE, …    keys for buckets, and for signing requests to a deployment`;

/** Throws commander's errors instead of exiting: main.ts decides what the process ends with. */
export const createProgram = (): Command => {
  const program = new Command('picferry')
    .description(
      'Moves large picture collections from one server or bucket to another, and proves that nothing is missing.',
    )
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .usage('COMMAND [options]')
    .exitOverride()
    .configureHelp({ styleTitle: (title) => title })
    .showSuggestionAfterError()
    .addHelpText('beforeAll', PROMISE)
    .addHelpText('after', EXAMPLES);
  addSync(program);
  addCheck(program);
  addList(program);
  addShow(program);
  addWatch(program);
  addReport(program);
  addCancel(program);
  addSchedule(program);
  addServe(program);
  return program;
};
