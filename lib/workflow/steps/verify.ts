// Verify: closes the round and plans the next one from the ranges whose copy list was not empty. Decide ends migrations.
import type { Range } from '../../compare/range.ts';
import { closeRound } from '../close-round.ts';
import { beginInvocation } from '../invocation.ts';
import { writeJson } from '../lines.ts';
import { copyPlanPath, planPath } from '../paths.ts';
import type { VerifyInput, VerifyOutput } from '../payloads.ts';
import { readPlan } from '../plan-files.ts';
import type { Records, ReportFiles } from '../ports.ts';
import { indexOf, migrationPk, tasksPrefix } from '../record.ts';
import { writeReportSoFar } from '../report-of.ts';
import { planningLimits } from '../shares.ts';
import type { TaskDocument } from '../task-document.ts';
import type { RunStep } from './context.ts';
import { tasksOf } from './plan.ts';

export const verify: RunStep<VerifyInput, VerifyOutput> = async ({ migrationId, round }, context) => {
  const record = await beginInvocation(context, migrationId);
  const closed = await closeRound(record, round, 'stepBroke', context);
  await writeReportSoFar(context, closed);
  const ranges = await rangesToCompareAgain(context, migrationId, round);
  const next = round + 1;
  await writeJson(
    context.files,
    planPath(migrationId, next),
    tasksOf(ranges, planningLimits(record.request.options, context.limits)),
  );
  context.log('copied', { migrationId, round, ...closed.rounds.at(-1)?.copying });
  return {
    migrationId,
    round: next,
    planPath: planPath(migrationId, next),
    copyPlanPath: copyPlanPath(migrationId, next),
  };
};

/** Those with something on their copy list; all of the plan's where no comparison made the copy list. */
export const rangesToCompareAgain = async (
  { records, files }: { readonly records: Records; readonly files: ReportFiles },
  migrationId: string,
  round: number,
): Promise<Range[]> => {
  const plan = await readPlan(files, planPath(migrationId, round));
  const ranges: Range[] = [];
  let compared = false;
  for await (const task of records.list<TaskDocument>(migrationPk(migrationId), tasksPrefix(round))) {
    compared = true;
    ranges.push(...(plan[indexOf(task)]?.ranges ?? []).filter((_, of) => (task.ranges[of]?.copyList.count ?? 0) > 0));
  }
  return compared ? ranges : plan.flatMap((task) => task.ranges);
};
