// Going on from an earlier migration: copying what its lists name instead of listing first.
import { minus, NOTHING, sameAmount } from '../compare/entry.ts';
import { compareKeys } from '../compare/key.ts';
import { sumOfOutcomes } from '../compare/outcomes.ts';
import { type Budgeted, writeCopyPlan } from './budgeted-plan.ts';
import { closeRound } from './close-round.ts';
import { amountOfItems } from './copy-plan.ts';
import { entriesInOrder } from './copying-order.ts';
import { UnreadableFile } from './errors.ts';
import {
  asOf,
  copiedRounds,
  findingsOf,
  keptForGoodUpTo,
  keptOf,
  remainingForGoodUpTo,
  remainingOf,
} from './figures.ts';
import { forecastOf } from './forecast.ts';
import { filesOf, type ItemDocument } from './item-document.ts';
import { gzipLines, writeJson } from './lines.ts';
import { noPages } from './pages.ts';
import { copyPlanPath, missingIndexPath, missingPath, planPath } from './paths.ts';
import type { CopyItem, ShardRef } from './payloads.ts';
import { readCopyPlan } from './plan-files.ts';
import type { Records, ReportFiles } from './ports.ts';
import {
  changeMigration,
  hasEnded,
  indexOf,
  itemsPrefix,
  type MigrationRecord,
  migrationPk,
  readMigration,
} from './record.ts';
import type { From, MigrationRequest } from './request.ts';
import { keyPatternOf } from './rules.ts';
import { planningLimits } from './shares.ts';
import type { StepContext } from './steps/context.ts';
import { tasksOf } from './steps/plan.ts';
import { rangesToCompareAgain } from './steps/verify.ts';
import { termsOf } from './terms.ts';

interface FromHost {
  readonly records: Records;
  readonly files: ReportFiles;
}

export type FromResult =
  | { readonly kind: 'request'; readonly request: MigrationRequest }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404 | 409 | 410; readonly message: string };

/** The earlier migration's stores as they are to be used now; a sentence says why they are not. */
export type StoresOf = (
  earlier: MigrationRequest,
) => Pick<MigrationRequest, 'source' | 'destination'> | { readonly refusal: string };

/** A new sync with the earlier migration's stores and options; refused where its lists cannot be copied from. */
export const requestFrom = async (
  from: From,
  { records, files }: FromHost,
  storesOf: StoresOf = ({ source, destination }) => ({ source, destination }),
): Promise<FromResult> => {
  const earlier = await readMigration(records, from.from);
  const refused = (status: 400 | 403 | 404 | 409 | 410, message: string): FromResult => ({
    kind: 'refused',
    status,
    message,
  });
  if (!earlier) return refused(404, `There is no migration ${from.from}. "picferry list" shows them.`);
  const stores = storesOf(earlier.request);
  if ('refusal' in stores) return refused(403, stores.refusal);
  if (!hasEnded(earlier.status))
    return refused(409, `Migration ${earlier.id} is ${earlier.status}; wait until it has ended.`);
  if (!findingsOf(earlier))
    return refused(
      400,
      `Migration ${earlier.id} ended before it had compared everything: it has no lists to copy from.`,
    );
  if (from.only === 'failed' && copiedRounds(earlier).length === 0) {
    return refused(400, `Migration ${earlier.id} copied nothing, so nothing failed; use --only missing.`);
  }
  const lost = await listsLost(earlier, from, files);
  if (lost) return refused(410, `The lists of migration ${earlier.id} ${lost}. Start a new migration.`);
  return { kind: 'request', request: { mode: 'sync', ...stores, options: earlier.request.options, from } };
};

const roundOf = (earlier: MigrationRecord, { only }: From): number =>
  only === 'missing' ? 1 : copiedRounds(earlier).at(-1)!.round;

const GONE = 'are gone: they expired or were deleted';
const CHANGED = 'are not what was written there: somebody changed or damaged them';

/** Why they cannot be copied from; undefined where they can, as far as a look at the first one tells. */
const listsLost = async (earlier: MigrationRecord, from: From, files: ReportFiles): Promise<string | undefined> => {
  const round = roundOf(earlier, from);
  const paths = [copyPlanPath(earlier.id, round), planPath(earlier.id, round)];
  for (const path of paths) if (!(await files.has(path))) return GONE;
  try {
    const plan = await readCopyPlan(files, copyPlanPath(earlier.id, round));
    // What was put on the copy list is known from the record: entries taken out of the plan would be forgotten.
    const known = earlier.rounds.find((one) => one.round === round)?.copyList;
    if (known && !sameAmount(known, amountOfItems(plan))) return CHANGED;
    const [first] = plan.flatMap(({ shards }) => shards);
    return first !== undefined && !(await files.has(first.path)) ? GONE : undefined;
  } catch (error) {
    if (error instanceof UnreadableFile) return CHANGED;
    throw error;
  }
};

/** Plan's part: writes round 1's plans out of the earlier migration's lists. */
export const planFrom = async (record: MigrationRecord, context: StepContext): Promise<Budgeted> => {
  const from = record.request.from!;
  const earlier = (await readMigration(context.records, from.from))!;
  const round = roundOf(earlier, from);
  const ranges = await rangesToCompareAgain(context, earlier.id, round);
  const items =
    from.only === 'missing'
      ? await readCopyPlan(context.files, copyPlanPath(earlier.id, 1))
      : await itemsToTryAgain(earlier, round, context);
  const tasks = tasksOf(ranges, planningLimits(record.request.options, context.limits));
  await writeJson(context.files, planPath(record.id, 1), tasks);
  const comparison = earlier.rounds.find((one) => one.round === round)?.comparison;
  // One that itself went on from lists has no first comparison: the one before has.
  const pages = comparison?.pages ?? earlier.earlier?.pages ?? noPages();
  const budgeted = await writeCopyPlan(record, 1, items, { pages, looks: comparison?.looks ?? 0 }, context);
  await writeMissingList(record, earlier, items, context);
  const copyList = amountOfItems(items);
  const { request, sameService = false, planRequests = 0 } = record;
  const { billing, limits } = context;
  const forecast = forecastOf({
    ...{ terms: termsOf(request, sameService, billing, limits), request, limits, planRequests, items },
    ...{ comparison: { ...comparison, pages, copyList }, comparesFirst: false, tasks: tasks.length },
  });
  const known = {
    statistics: findingsOf(earlier)!,
    remaining: remainingOf(earlier) ?? NOTHING,
    remainingForGood: remainingForGoodUpTo(earlier, round),
    kept: keptOf(earlier) ?? NOTHING,
    keptForGood: keptForGoodUpTo(earlier, round),
    rangesForGood: (comparison?.rangesForGood ?? 0) + (earlier.earlier?.rangesForGood ?? 0) + (round > 1 ? 1 : 0),
    listedAt: asOf(earlier) ?? 0,
    pages,
  };
  // Somebody ended it meanwhile: its figures stay as they were reported. Or this one was taken for lost, and its successor is further.
  const planned = await changeMigration(context.records, record.id, (now) =>
    hasEnded(now.status) || now.rounds.length > 0
      ? undefined
      : { rounds: [{ round: 1, copyList }], earlier: known, forecast },
  );
  if (budgeted.isUsedUp) await closeRound(planned, 1, 'budget', context);
  return budgeted;
};

/** The failed entries, and what no outcome was committed for. */
const itemsToTryAgain = async (
  earlier: MigrationRecord,
  round: number,
  { records, files }: FromHost,
): Promise<CopyItem[]> => {
  const plan = await readCopyPlan(files, copyPlanPath(earlier.id, round));
  const documents = new Map<number, ItemDocument>();
  for await (const one of records.list<ItemDocument>(migrationPk(earlier.id), itemsPrefix(round))) {
    documents.set(indexOf(one), one);
  }
  const again: Omit<CopyItem, 'index'>[] = [];
  for (const item of plan) {
    const document = documents.get(item.index);
    // What an item itself calls not tried was beyond its budget: it lies behind its position, like the rest.
    const tried = document ? sumOfOutcomes({ ...document.outcomes, notTried: NOTHING }) : NOTHING;
    let open = minus(item.amount, tried);
    for (const file of document ? await filesOf(document, files) : []) {
      if (file.outcome !== 'failed' && file.outcome !== 'notTried') continue;
      const { path, finding, count, bytes, listedAt, gzipBytes } = file;
      const shard: ShardRef = {
        path,
        finding,
        count,
        bytes,
        listedAt,
        gzipBytes,
        newest: 0,
        oldest: 0,
        range: 0,
        sequence: 0,
      };
      again.push({ shards: [shard], amount: { count, bytes } });
      if (file.outcome === 'notTried') open = minus(open, { count, bytes });
    }
    const fromPosition = document?.position ?? item.fromPosition ?? 0;
    if (open.count > 0) again.push({ shards: item.shards, amount: open, fromPosition });
  }
  return again.map((item, index) => ({ index, ...item, items: again.length }));
};

/** Opened when it is read: where nothing can be written, nothing stays open. */
async function* bytesOf(files: ReportFiles, path: string): AsyncGenerator<Uint8Array> {
  yield* (await files.open(path)) as AsyncIterable<Uint8Array>;
}

const writeMissingList = async (
  record: MigrationRecord,
  earlier: MigrationRecord,
  items: readonly CopyItem[],
  { files, limits }: StepContext,
): Promise<void> => {
  if (record.request.from?.only === 'missing') {
    const index = await files.read(missingIndexPath(earlier.id));
    if (index) return files.write(missingIndexPath(record.id), index);
    return files.writeAll(missingPath(record.id), bytesOf(files, missingPath(earlier.id)));
  }
  const missing = [];
  for (const item of items) {
    const entries = await entriesInOrder(files, item, record.request.options.order, keyPatternOf(record.request));
    for (const { key, size, finding } of entries.slice(item.fromPosition ?? 0)) {
      if (finding === 'missingOnDestination') missing.push({ key, size });
    }
  }
  missing.sort((a, b) => compareKeys(a.key, b.key));
  await files.writeAll(
    missingPath(record.id),
    (async function* () {
      for (let at = 0; at === 0 || at < missing.length; at += limits.shardEntries) {
        yield await gzipLines(missing.slice(at, at + limits.shardEntries), (line) => line);
      }
    })(),
  );
};
