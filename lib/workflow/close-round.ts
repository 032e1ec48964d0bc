// Closes a round's copying: every entry of its copy list has exactly one outcome, or the migration has failed.

import type { Side } from '../compare/entry.ts';
import { type Amount, minus, NOTHING, plus, sameAmount } from '../compare/entry.ts';
import { addOutcomes, type NotTriedReason, noOutcomes, type Outcomes, sumOfOutcomes } from '../compare/outcomes.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Store } from '../stores/store.ts';
import { isBeyondBudget } from './budget.ts';
import { amountOfItems } from './copy-plan.ts';
import { SumsDisagree } from './errors.ts';
import { addExamples, type Examples } from './invocation.ts';
import type { ItemDocument } from './item-document.ts';
import { writeJson } from './lines.ts';
import { copyPlanPath, examplesPath } from './paths.ts';
import type { CopyItem } from './payloads.ts';
import { examplesOf, readCopyPlan, readUploads } from './plan-files.ts';
import type { Observer, Records, ReportFiles } from './ports.ts';
import { changeMigration, hasEnded, indexOf, itemsPrefix, type MigrationRecord, migrationPk } from './record.ts';

export interface CloseHost extends Observer {
  readonly records: Records;
  readonly files: ReportFiles;
  openStore(spec: StoreSpec, side: Side): Promise<Store>;
}

interface Closed {
  readonly outcomes: Outcomes;
  readonly reasons: Readonly<Record<string, number>>;
  readonly damaged: Amount;
  readonly examples: Examples;
  readonly broke: string | undefined;
  readonly chargedUsd: number;
  /** Where items keep uploads that are not completed. */
  readonly uploadsPaths: readonly string[];
}

/** Entries no commit tells of were not tried, for the reason given. Closing twice gives the same figures. */
export const closeRound = async (
  record: MigrationRecord,
  round: number,
  reason: NotTriedReason,
  host: CloseHost,
): Promise<MigrationRecord> => {
  const plan = await readCopyPlan(host.files, copyPlanPath(record.id, round));
  const copyList = amountOfItems(plan);
  const known = record.rounds.find((one) => one.round === round)?.copyList;
  if (known && !sameAmount(known, copyList)) {
    throw new SumsDisagree(
      `Round ${round}'s copy plan names ${copyList.count} pictures (${copyList.bytes} bytes), ${known.count} (${known.bytes} bytes) were put on it.`,
    );
  }
  const added = await addUp(record, round, plan, reason, host);
  const { outcomes, reasons, damaged, examples, broke, chargedUsd, uploadsPaths } = added;
  await writeJson(host.files, examplesPath(record.id), {
    ...(await examplesOf(host.files, record.id)),
    ...examples,
  });
  let isFirst = false;
  const closed = await changeMigration(host.records, record.id, (now) => {
    // Somebody ended it meanwhile: its figures stay as they were reported.
    const ended = hasEnded(now.status);
    const { comparison, copying, budgeted } = now.rounds.find((one) => one.round === round) ?? {};
    isFirst = !ended && copying === undefined;
    if (ended) return undefined;
    const figures = {
      ...{ outcomes, reasons },
      ...(damaged.count > 0 && { damaged }),
      ...(broke === undefined ? {} : { broke }),
      ...(chargedUsd > 0 && { chargedUsd }),
    };
    const kept = { ...(comparison && { comparison }), ...(budgeted && { budgeted }) };
    const closing = { round, ...kept, copyList, copying: figures };
    // In its place: later rounds may have begun where this is a repetition that comes late.
    return {
      rounds: [
        ...now.rounds.filter((one) => one.round < round),
        closing,
        ...now.rounds.filter((one) => one.round > round),
      ],
    };
  });
  if (isFirst) {
    const written = plus(outcomes.copied, outcomes.replaced);
    host.count('Copied', written.count);
    host.count('Bytes', written.bytes);
  }
  for (const path of uploadsPaths) await abandonUploads(record, path, host);
  return closed;
};

const addUp = async (
  record: MigrationRecord,
  round: number,
  plan: readonly CopyItem[],
  reason: NotTriedReason,
  host: CloseHost,
): Promise<Closed> => {
  const planned = new Map(plan.map(({ index, amount }) => [index, amount]));
  const beyond = amountOfItems(plan.filter(isBeyondBudget));
  let notTried = amountOfItems(plan);
  let outcomes: Outcomes = noOutcomes();
  let examples: Examples = {};
  const reasons: Record<string, number> = {};
  let damaged = NOTHING;
  let chargedUsd = 0;
  const uploadsPaths: string[] = [];
  let broke: string | undefined;
  for await (const item of host.records.list<ItemDocument>(migrationPk(record.id), itemsPrefix(round))) {
    const sum = checked(item, planned);
    notTried = minus(notTried, sum);
    outcomes = addOutcomes(outcomes, item.outcomes);
    examples = addExamples(examples, item.examples);
    for (const [name, count] of Object.entries(item.reasons)) reasons[name] = (reasons[name] ?? 0) + count;
    damaged = plus(damaged, item.damaged ?? NOTHING);
    chargedUsd += item.chargedUsd ?? 0;
    if (reason === 'stepBroke') broke ??= item.broke?.message;
    if (item.uploadsPath) uploadsPaths.push(item.uploadsPath);
  }
  // Items that nothing was left for were never begun; what is left beside them is for the reason given.
  const count = notTried.count - beyond.count;
  if (beyond.count > 0) reasons.budget = (reasons.budget ?? 0) + beyond.count;
  if (count > 0) reasons[reason] = (reasons[reason] ?? 0) + count;
  const all = { ...outcomes, notTried: plus(outcomes.notTried, notTried) };
  return { outcomes: all, reasons, damaged, examples, broke, chargedUsd, uploadsPaths };
};

/** An item has at most as many outcomes as entries, and exactly as many when it is done. */
const checked = (item: ItemDocument, planned: ReadonlyMap<number, Amount>): Amount => {
  const sum = sumOfOutcomes(item.outcomes);
  const amount = planned.get(indexOf(item)) ?? NOTHING;
  if (item.done ? sameAmount(sum, amount) : sum.count <= amount.count && sum.bytes <= amount.bytes) return sum;
  throw new SumsDisagree(
    `${item.sk}: ${sum.count} outcomes (${sum.bytes} bytes) for ${amount.count} entries (${amount.bytes} bytes) of the copy list.`,
  );
};

/** Parts of an upload that nobody will complete cost storage. What was copied counts, whether they can be cleared away or not. */
const abandonUploads = async ({ id, request }: MigrationRecord, path: string, host: CloseHost) => {
  try {
    const destination = await host.openStore(request.destination, 'destination');
    const uploads = Object.values(await readUploads(host.files, path));
    await Promise.allSettled(uploads.map(({ key, uploadId }) => destination.abandon(key, uploadId)));
  } catch (error) {
    const { name, message } = error as Error;
    host.log('uploads not abandoned', { migrationId: id, path, error: name, message });
  }
};
