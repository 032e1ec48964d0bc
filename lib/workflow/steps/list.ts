// List: compares a task's ranges side by side and commits figures, shards and what is left to do.
import { compareRanges } from '../compare-ranges.ts';
import { UnreadableFile } from '../errors.ts';
import { beginInvocation, CommitLog } from '../invocation.ts';
import { ListRun } from '../list-run.ts';
import { planPath } from '../paths.ts';
import type { ListInput, Progress } from '../payloads.ts';
import { isTask, readPlan } from '../plan-files.ts';
import { taskSk } from '../record.ts';
import type { Options } from '../request.ts';
import { keyPatternOf, rulesOf } from '../rules.ts';
import { listPace, rangesAtOnce } from '../shares.ts';
import { freshTask, type TaskDocument } from '../task-document.ts';
import type { RunStep, StepContext } from './context.ts';

export const list: RunStep<ListInput, Progress> = async ({ migrationId, round, task }, context) => {
  // Step Functions read it from a file.
  if (!isTask(task)) throw new UnreadableFile(`A task of round ${round}'s plan is not what was written there.`);
  const record = await beginInvocation(context, migrationId);
  const { request } = record;
  const log = await CommitLog.open<TaskDocument>(context, migrationId, taskSk(round, task.index), freshTask(task));
  if (log.document.done) return { done: true };
  try {
    const { options } = request;
    const pace = listPace(options, await tasksBeside(options, planPath(migrationId, round), context), context.limits);
    context.pace.limit(pace);
    const [source, destination] = await Promise.all([
      context.openStore(request.source, 'source'),
      context.openStore(request.destination, 'destination'),
    ]);
    const rules = rulesOf(request);
    const resolver = {
      source,
      destination,
      onDifferent: request.options.onDifferent,
      keyPattern: keyPatternOf(request),
      minAgeMs: rules.minAgeMs,
    };
    const run = new ListRun({ log, context, resolver, migrationId, round, task: task.index });
    const sides = { source, destination, rules, rangesAtOnce: rangesAtOnce(pace) };
    return { done: await compareRanges(log.document.remaining, run, sides, context) };
  } catch (error) {
    await log.abandon(error as Error);
    throw error;
  }
};

/** How many tasks the plan has: only a limit on requests is shared between them. */
const tasksBeside = async ({ tpsLimit }: Options, path: string, { files, limits }: StepContext): Promise<number> =>
  tpsLimit === undefined || limits.listChildren === 1 ? 1 : (await readPlan(files, path)).length;
