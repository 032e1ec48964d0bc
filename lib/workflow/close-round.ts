// Closes a round's copying: every entry of its copy list has exactly one outcome, or the migration has failed.

import type { Side } from '../compare/entry.ts';
import { type Amount, minus, NOTHING, plus, sameAmount } from '../compare/entry.ts';
import { addOutcomes, type NotTriedReason, noOutcomes, type Outcomes, sumOfOutcomes } from '../compare/outcomes.ts';
import { openRoute } from '../stores/route.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Store } from '../stores/store.ts';
import { amountOfItems } from './copy-plan.ts';
import { SumsDisagree } from './errors.ts';
import { addExamples, type Examples } from './invocation.ts';
import type { ItemDocument, Uploads } from './item-document.ts';
import { readJson, writeJson } from './lines.ts';
import { copyPlanPath, examplesPath } from './paths.ts';
import type { CopyItem } from './payloads.ts';
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
  readonly examples: Examples;
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
  const plan = await readJson<CopyItem[]>(host.files, copyPlanPath(record.id, round));
  const copyList = amountOfItems(plan);
  const { outcomes, reasons, examples, uploadsPaths } = await addUp(record, round, plan, reason, host);
  const known = await host.files.read(examplesPath(record.id));
  await writeJson(host.files, examplesPath(record.id), {
    ...(known ? (JSON.parse(known.toString('utf8')) as Examples) : {}),
    ...examples,
  });
  let isFirst = false;
  const closed = await changeMigration(host.records, record.id, (now) => {
    // Somebody ended it meanwhile: its figures stay as they were reported.
    const ended = hasEnded(now.status);
    const { comparison, copying } = now.rounds.find((one) => one.round === round) ?? {};
    isFirst = !ended && copying === undefined;
    if (ended) return undefined;
    const closing = { round, ...(comparison ? { comparison } : {}), copyList, copying: { outcomes, reasons } };
    return { rounds: [...now.rounds.filter((one) => one.round !== round), closing] };
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
  let notTried = amountOfItems(plan);
  let outcomes: Outcomes = noOutcomes();
  let examples: Examples = {};
  const reasons: Record<string, number> = {};
  const uploadsPaths: string[] = [];
  for await (const item of host.records.list<ItemDocument>(migrationPk(record.id), itemsPrefix(round))) {
    const sum = checked(item, planned);
    notTried = minus(notTried, sum);
    outcomes = addOutcomes(outcomes, item.outcomes);
    examples = addExamples(examples, item.examples);
    for (const [name, count] of Object.entries(item.reasons)) reasons[name] = (reasons[name] ?? 0) + count;
    if (item.uploadsPath) uploadsPaths.push(item.uploadsPath);
  }
  if (notTried.count > 0) reasons[reason] = notTried.count;
  return { outcomes: { ...outcomes, notTried }, reasons, examples, uploadsPaths };
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
const abandonUploads = async ({ id, request, sameService }: MigrationRecord, path: string, host: CloseHost) => {
  try {
    const [source, destination] = await Promise.all([
      host.openStore(request.source, 'source'),
      host.openStore(request.destination, 'destination'),
    ]);
    const memory = { take: () => Promise.resolve(() => {}) };
    const route = openRoute(source, destination, { tags: false, sameService: sameService ?? false, memory });
    const uploads = Object.values(await readJson<Uploads>(host.files, path));
    await Promise.allSettled(uploads.map((upload) => route.abandon(upload)));
  } catch (error) {
    const { name, message } = error as Error;
    host.log('uploads not abandoned', { migrationId: id, path, error: name, message });
  }
};
