// Closes a round's copying: every entry of its copy list has exactly one outcome, or the migration has failed.

import type { Side } from '../compare/entry.ts';
import { type Amount, minus, NOTHING, sameAmount } from '../compare/entry.ts';
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
import type { Records, ReportFiles } from './ports.ts';
import { changeMigration, indexOf, itemsPrefix, type MigrationRecord, migrationPk } from './record.ts';

export interface CloseHost {
  readonly records: Records;
  readonly files: ReportFiles;
  openStore(spec: StoreSpec, side: Side): Promise<Store>;
}

interface Closed {
  readonly outcomes: Outcomes;
  readonly reasons: Readonly<Record<string, number>>;
  readonly examples: Examples;
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
  const { outcomes, reasons, examples } = await addUp(record, round, plan, reason, host);
  const known = await host.files.read(examplesPath(record.id));
  await writeJson(host.files, examplesPath(record.id), {
    ...(known ? (JSON.parse(known.toString('utf8')) as Examples) : {}),
    ...examples,
  });
  return changeMigration(host.records, record.id, (now) => {
    const { comparison } = now.rounds.find((one) => one.round === round) ?? {};
    const closed = { round, ...(comparison ? { comparison } : {}), copyList, copying: { outcomes, reasons } };
    return { rounds: [...now.rounds.filter((one) => one.round !== round), closed] };
  });
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
  for await (const item of host.records.list<ItemDocument>(migrationPk(record.id), itemsPrefix(round))) {
    const sum = checked(item, planned);
    notTried = minus(notTried, sum);
    outcomes = addOutcomes(outcomes, item.outcomes);
    examples = addExamples(examples, item.examples);
    for (const [name, count] of Object.entries(item.reasons)) reasons[name] = (reasons[name] ?? 0) + count;
    if (item.uploadsPath) await abandonUploads(record, item.uploadsPath, host);
  }
  if (notTried.count > 0) reasons[reason] = notTried.count;
  return { outcomes: { ...outcomes, notTried }, reasons, examples };
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

/** Parts of an upload that nobody will complete cost storage. */
const abandonUploads = async ({ request, sameService }: MigrationRecord, path: string, host: CloseHost) => {
  const [source, destination] = await Promise.all([
    host.openStore(request.source, 'source'),
    host.openStore(request.destination, 'destination'),
  ]);
  const memory = { take: () => Promise.resolve(() => {}) };
  const route = openRoute(source, destination, { tags: false, sameService: sameService ?? false, memory });
  const uploads = Object.values(await readJson<Uploads>(host.files, path));
  await Promise.allSettled(uploads.map((upload) => route.abandon(upload)));
};
