// Plan: cuts the key space into tasks at prefixes found on both sides, and probes whether the stores share a service.

import { SIDES, type Side } from '../../compare/entry.ts';
import { EVERYTHING, type Range } from '../../compare/range.ts';
import { groupRanges } from '../../compare/split.ts';
import { probeSameService } from '../../stores/route.ts';
import type { Store } from '../../stores/store.ts';
import { discoverBoundaries, NOTHING_FOUND, rangesAt } from '../boundaries.ts';
import { planFrom } from '../from.ts';
import { beginInvocation, goesOn } from '../invocation.ts';
import type { Limits } from '../limits.ts';
import { writeJson } from '../lines.ts';
import { attemptedPlanPath, copyPlanPath, planPath } from '../paths.ts';
import type { PlanInput, PlanOutput, PlanTask } from '../payloads.ts';
import { readPlan } from '../plan-files.ts';
import { changeMigration, hasEnded } from '../record.ts';
import type { MigrationRequest } from '../request.ts';
import { planningLimits, planPace } from '../shares.ts';
import type { RunStep, StepContext } from './context.ts';

export const plan: RunStep<PlanInput, PlanOutput> = async ({ migrationId }, context) => {
  const record = await beginInvocation(context, migrationId);
  const { options } = record.request;
  const limits = planningLimits(options, depthFor(record.request, context.limits));
  context.pace.limit(planPace(options));
  const [source, destination] = await Promise.all([
    context.openStore(record.request.source, 'source'),
    context.openStore(record.request.destination, 'destination'),
  ]);
  // Also where nothing will be missing: what was killed may have left its last picture's temporary file.
  if (record.request.mode === 'sync') await destination.tidy?.();
  // Looked for while the probe is under way.
  const discovering = { ...context, limits, goOn: () => goesOn(context, migrationId) };
  const [sameService, { boundaries, requests }] = await Promise.all([
    canCopyThere(source, destination),
    record.request.from ? NOTHING_FOUND : discoverBoundaries(source, destination, discovering),
  ]);
  const isS3 = (side: Side): boolean => record.request[side].type === 's3';
  // The probe lists the source, too.
  const asked = SIDES.map((side) => (isS3(side) ? requests[side] : 0)).reduce((sum, one) => sum + one, 0);
  const found = { sameService, planRequests: asked + Number(isS3('source')) };
  await changeMigration(context.records, migrationId, (now) =>
    // The first one's stand: others count with them.
    hasEnded(now.status) || now.planRequests !== undefined ? undefined : found,
  );

  const paths = { planPath: planPath(migrationId, 1), copyPlanPath: copyPlanPath(migrationId, 1) };
  if (record.request.from) {
    const { path, isUsedUp } = await planFrom({ ...record, ...found }, context);
    return { migrationId, round: 1, begin: isUsedUp ? 'Finish' : 'Copy', ...paths, copyPlanPath: path };
  }
  await planOnce(migrationId, tasksOf(rangesAt(boundaries, limits), limits), context);
  return { migrationId, round: 1, begin: 'List', ...paths };
};

const depthFor = ({ source, destination }: MigrationRequest, limits: Limits): Limits =>
  source.type === 's3' && destination.type === 's3' ? { ...limits, planDepth: limits.planDepthBetweenS3 } : limits;

/**
 * The first one stands: an invocation that was taken for lost may come here when its successor's tasks have been listed,
 * and other folders than that one found by then. Whoever comes writes the very same plan.json.
 */
const planOnce = async (migrationId: string, tasks: readonly PlanTask[], context: StepContext): Promise<void> => {
  const mine = attemptedPlanPath(migrationId, 1, context.attempt);
  await writeJson(context.files, mine, tasks);
  const { planned = mine } = await changeMigration(context.records, migrationId, (now) =>
    hasEnded(now.status) || now.planned !== undefined ? undefined : { planned: mine },
  );
  await writeJson(
    context.files,
    planPath(migrationId, 1),
    planned === mine ? tasks : await readPlan(context.files, planned),
  );
};

/** Groups neighbouring ranges; what plan.json holds. */
export const tasksOf = (ranges: readonly Range[], limits: Limits): PlanTask[] => {
  const tasks = Math.min(limits.planTasks, Math.max(1, Math.ceil(ranges.length / limits.rangesPerTaskWanted)));
  return groupRanges(ranges, { tasks, rangesPerTask: limits.rangesPerTask }).map((group, index) => ({
    index,
    ranges: group,
  }));
};

const canCopyThere = async (source: Store, destination: Store): Promise<boolean> => {
  const key = await anyKey(source);
  return key !== undefined && (await probeSameService(source, destination, key));
};

/** Some listed key, to try whether the destination's credentials can read the source. */
const anyKey = async (source: Store): Promise<string | undefined> => {
  if (source.spec.type === 'folder') return undefined;
  for await (const page of source.list(EVERYTHING)) {
    if (page.entries[0]) return page.entries[0].key;
  }
  return undefined;
};
