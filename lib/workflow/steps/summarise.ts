// Summarise: closes a round's comparison: adds up, checks the sums, writes the report, the lists and the copy plan.

import { type Amount, NOTHING, plus, sameAmount } from '../../compare/entry.ts';
import {
  addStatistics,
  amountOf,
  type CompactStatistics,
  disagreement,
  fromCompact,
  newStatistics,
  toCompact,
} from '../../compare/statistics.ts';
import type { Forecast } from '../../report/forecast.ts';
import { IncompleteListing } from '../../stores/errors.ts';
import { writeCopyPlan } from '../budgeted-plan.ts';
import { closeRound } from '../close-round.ts';
import { planCopying } from '../copy-plan.ts';
import { SumsDisagree } from '../errors.ts';
import { copiedRounds } from '../figures.ts';
import { forecastOf } from '../forecast.ts';
import { addExamples, beginInvocation, type Examples } from '../invocation.ts';
import { writeJson } from '../lines.ts';
import { writeMissingList } from '../missing-list.ts';
import { addPages, noPages, type Pages } from '../pages.ts';
import { examplesPath, planPath } from '../paths.ts';
import type { CopyItem, ShardRef, SummariseInput, SummariseOutput } from '../payloads.ts';
import { readPlan } from '../plan-files.ts';
import {
  type Comparison,
  changeMigration,
  hasEnded,
  type MigrationRecord,
  migrationPk,
  tasksPrefix,
} from '../record.ts';
import { writeReportSoFar } from '../report-of.ts';
import { itemsAtMost } from '../shares.ts';
import { shardsOf, type TaskDocument } from '../task-document.ts';
import { termsOf } from '../terms.ts';
import type { RunStep, StepContext } from './context.ts';

export const summarise: RunStep<SummariseInput, SummariseOutput> = async ({ migrationId, round }, context) => {
  const record = await beginInvocation(context, migrationId);
  const { files } = context;
  const plan = await readPlan(files, planPath(migrationId, round));
  const { comparison: compared, shards, examples } = await addUp(migrationId, round, plan.length, context);
  const tookMs = Math.max(0, context.now() - Date.parse(record.createdAt));
  const comparison = round === 1 ? { ...compared, tookMs } : compared;

  const { options } = record.request;
  const most = itemsAtMost(options, shards.length, context.limits);
  const copyPlan = planCopying(shards, options.order, most, context.limits.copyChildren);
  // A repetition that comes late finds other prices perhaps, and Copy at work: what was decided stands.
  const known = record.rounds.find((one) => one.round === round);
  const asked = { pages: comparison.pages ?? noPages(), looks: comparison.looks ?? 0 };
  const budgeted = known?.budgeted ?? (await writeCopyPlan(record, round, copyPlan, asked, context));
  if (round === 1) {
    await writeMissingList(files, migrationId, shards);
    await writeJson(files, examplesPath(migrationId), examples);
  }
  const forecast = round === 1 ? forecastFor(record, comparison, plan.length, copyPlan, context) : undefined;
  let isFirst = false;
  let closed = await changeMigration(context.records, migrationId, (now) => {
    // Somebody ended it meanwhile: its figures stay as they were reported. Or this is a repetition: the figures are the
    // same, and the round may have been copied since.
    isFirst = !hasEnded(now.status) && !now.rounds.some((one) => one.round === round);
    const decided = options.maxCostUsd === undefined ? {} : { budgeted };
    const rounds = [...now.rounds, { round, comparison, copyList: comparison.copyList, ...decided }];
    return isFirst ? { rounds, ...(forecast && { forecast }) } : undefined;
  });
  if (isFirst) countComparison(comparison.statistics, context);
  // Where nothing was copied yet, its copy list has its outcomes now; else the last round that copied tells what failed.
  const decided = closed.rounds.find((one) => one.round === round)?.budgeted ?? budgeted;
  if (decided.isUsedUp && copiedRounds(closed).length === 0)
    closed = await closeRound(closed, round, 'budget', context);
  await writeReportSoFar(context, closed);
  context.log('compared', { migrationId, round, copyList: comparison.copyList, remaining: comparison.remaining });

  const copied = copiedRounds(closed);
  const last = copied.at(-1)?.copying.outcomes;
  return {
    migrationId,
    round,
    mode: record.request.mode,
    copyListCount: comparison.copyList.count,
    roundsCopied: copied.length,
    copiedLastRound: last ? last.copied.count + last.replaced.count : 1,
    budgetUsedUp: decided.isUsedUp,
    planPath: planPath(migrationId, round),
    copyPlanPath: decided.path,
  };
};

const forecastFor = (
  { request, sameService = false, planRequests = 0 }: MigrationRecord,
  comparison: Comparison,
  tasks: number,
  items: readonly CopyItem[],
  { billing, limits }: StepContext,
): Forecast =>
  forecastOf({
    ...{ terms: termsOf(request, sameService, billing, limits), request, limits, planRequests },
    ...{ comparison, comparesFirst: true, tasks, items },
  });

/** Once a round, however often this step is tried. */
const countComparison = (compact: CompactStatistics, context: StepContext): void => {
  const statistics = fromCompact(compact);
  context.count('Listed', statistics.listed.source.count + statistics.listed.destination.count);
  context.count('Missing', amountOf(statistics, 'missingOnDestination', 'source').count);
};

const addUp = async (migrationId: string, round: number, tasks: number, context: StepContext) => {
  let statistics = newStatistics();
  const shards: ShardRef[] = [];
  let examples: Examples = {};
  const sums = { copyList: NOTHING, remaining: NOTHING, remainingForGood: NOTHING, rangesForGood: 0 };
  const different = { kept: NOTHING, keptForGood: NOTHING };
  let listedAt = Number.POSITIVE_INFINITY;
  let pages: Pages = noPages();
  let looks = 0;
  let done = 0;
  for await (const task of context.records.list<TaskDocument>(migrationPk(migrationId), tasksPrefix(round))) {
    if (!task.done) continue;
    done++;
    statistics = addStatistics(statistics, fromCompact(task.statistics));
    listedAt = Math.min(listedAt, task.listedAt);
    examples = addExamples(examples, task.examples);
    pages = addPages(pages, task.pages);
    looks += task.looks ?? 0;
    const its = await shardsOf(task, context.files);
    // One by one: a call takes some hundred thousand arguments at most, and one task may have more shards.
    for (const shard of its) shards.push(shard);
    for (const { copyList, remaining, kept = NOTHING } of task.ranges) {
      sums.copyList = plus(sums.copyList, copyList);
      sums.remaining = plus(sums.remaining, remaining);
      different.kept = plus(different.kept, kept);
      if (copyList.count > 0) continue;
      sums.remainingForGood = plus(sums.remainingForGood, remaining);
      different.keptForGood = plus(different.keptForGood, kept);
      sums.rangesForGood++;
    }
  }
  if (done !== tasks) {
    throw new IncompleteListing(
      `Round ${round}: ${done} of ${tasks} listing tasks were completed; the rest is not known.`,
    );
  }
  const wrong = disagreement(statistics) ?? unequal(sums.copyList, shards);
  if (wrong) throw new SumsDisagree(`Round ${round}: ${wrong}`);
  // No range was to be compared again: this round's listing says nothing about when anything was seen.
  const comparison: Comparison = {
    statistics: toCompact(statistics),
    ...sums,
    ...different,
    ...{ pages, looks },
    ...(tasks > 0 ? { listedAt } : {}),
  };
  return { comparison, shards, examples };
};

const unequal = (copyList: Amount, shards: readonly ShardRef[]): string | undefined => {
  const named = shards.reduce((sum: Amount, shard) => plus(sum, shard), NOTHING);
  if (sameAmount(copyList, named)) return undefined;
  return `the copy list has ${copyList.count} entries (${copyList.bytes} bytes), its shards ${named.count} (${named.bytes} bytes).`;
};
