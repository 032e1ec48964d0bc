// `picferry schedule add|list|remove`: migrations that start by themselves, again and again.
import type { Command } from 'commander';
import { addRuleFlags, addServiceFlags, type RuleFlags, type ServiceFlags } from './flags.ts';

export interface ScheduleFlags extends RuleFlags, ServiceFlags {
  readonly check?: true;
  readonly timeZone: string;
}

const EXAMPLES = `
Examples:
  picferry schedule add nightly 'cron(0 2 * * ? *)' old new --time-zone Europe/Vienna
  picferry schedule add watch-old 'rate(15 minutes)' old new --check
  picferry schedule list
  picferry schedule remove nightly
  picferry schedule add nightly 'cron(0 2 * * ? *)' old new --api https://abc123.execute-api.eu-central-1.amazonaws.com`;

const ADD_EXAMPLES = `
EXPRESSION is rate(5 minutes), or cron(minute hour day-of-month month day-of-week year) with ? for one of the two days.
SOURCE and DESTINATION are names of picferry.json. Without --api, schedules are kept in the state folder and fire
only while "picferry serve" runs on it. One that finds its pair busy is recorded as skipped.

Examples:
  picferry schedule add nightly 'cron(0 2 * * ? *)' old new --time-zone Europe/Vienna
  picferry schedule add hourly 'rate(1 hour)' old new --captured-after 2026-01-01 --on-different newer`;

export const addSchedule = (program: Command): void => {
  const schedule = program
    .command('schedule')
    .summary('start migrations again and again')
    .description('Starts migrations by themselves: every few minutes, or at times of day.')
    .usage('add|list|remove [options]')
    .addHelpText('after', EXAMPLES);
  addAdd(schedule);
  addScheduleList(schedule);
  addRemove(schedule);
};

const addAdd = (schedule: Command): void => {
  const command = schedule
    .command('add')
    .summary('add a schedule')
    .description('Adds a schedule: syncs SOURCE to DESTINATION whenever EXPRESSION says so.')
    .usage('NAME EXPRESSION SOURCE DESTINATION [options]')
    .argument('<NAME>', 'what it is called: letters, digits, - and _')
    .argument('<EXPRESSION>', "when: 'rate(15 minutes)' or 'cron(0 2 * * ? *)'")
    .argument('<SOURCE>', 'name of the store where the pictures are')
    .argument('<DESTINATION>', 'name of the store where they should be, too')
    .optionsGroup('What to do, and when:')
    .option('--check', 'only compare')
    .option('--time-zone <zone>', 'that cron goes by, such as Europe/Vienna', 'UTC');
  addServiceFlags(addRuleFlags(command))
    .addHelpText('after', ADD_EXAMPLES)
    .action(async (name: string, expression: string, source: string, destination: string, flags: ScheduleFlags) => {
      const { runScheduleAdd } = await import('./run-schedule.ts');
      process.exitCode = await runScheduleAdd({ name, expression, source, destination }, flags);
    });
};

const addScheduleList = (schedule: Command): void => {
  const command = schedule
    .command('list')
    .summary('list schedules, and what became of their last runs')
    .description('Lists schedules, and what became of their last runs.');
  addServiceFlags(command).action(async (flags: ServiceFlags) => {
    const { runScheduleList } = await import('./run-schedule.ts');
    process.exitCode = await runScheduleList(flags);
  });
};

const addRemove = (schedule: Command): void => {
  const command = schedule
    .command('remove')
    .summary('remove a schedule')
    .description('Removes a schedule. What it has started goes on, and reports stay.')
    .argument('<NAME>', 'as "picferry schedule list" names it');
  addServiceFlags(command).action(async (name: string, flags: ServiceFlags) => {
    const { runScheduleRemove } = await import('./run-schedule.ts');
    process.exitCode = await runScheduleRemove(name, flags);
  });
};
