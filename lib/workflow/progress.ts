// How far a migration is, out of what its tasks and items have committed.

import { type Amount, NOTHING, plus } from '../compare/entry.ts';
import { addOutcomes, noOutcomes, type Outcomes } from '../compare/outcomes.ts';
import { amountOf, fromCompact } from '../compare/statistics.ts';
import type { ItemDocument } from './item-document.ts';
import type { Records } from './ports.ts';
import { hasEnded, itemsPrefix, migrationPk, readMigration, tasksPrefix } from './record.ts';
import type { TaskDocument } from './task-document.ts';

export interface MigrationProgress {
  readonly phase: 'planning' | 'listing' | 'copying' | 'ended';
  /** The round being worked on. */
  readonly round: number;
  /** Of that round. */
  readonly listed: { readonly source: Amount; readonly destination: Amount };
  readonly missing: Amount;
  readonly copyList: Amount;
  readonly outcomes: Outcomes;
}

export const readProgress = async (
  { records }: { readonly records: Records },
  migrationId: string,
): Promise<MigrationProgress> => {
  const record = await readMigration(records, migrationId);
  if (!record) throw new Error(`There is no migration ${migrationId}.`);
  const last = record.rounds.at(-1);
  const round = last === undefined ? 1 : last.copying ? last.round + 1 : last.round;
  const listed = { source: NOTHING, destination: NOTHING };
  let missing = NOTHING;
  let begun = false;
  for await (const task of records.list<TaskDocument>(migrationPk(migrationId), tasksPrefix(round))) {
    const statistics = fromCompact(task.statistics);
    begun = true;
    listed.source = plus(listed.source, statistics.listed.source);
    listed.destination = plus(listed.destination, statistics.listed.destination);
    missing = plus(missing, amountOf(statistics, 'missingOnDestination', 'source'));
  }
  let outcomes: Outcomes = noOutcomes();
  let copying = false;
  for await (const item of records.list<ItemDocument>(migrationPk(migrationId), itemsPrefix(round))) {
    copying = true;
    outcomes = addOutcomes(outcomes, item.outcomes);
  }
  const copyList = last?.round === round ? (last.copyList ?? NOTHING) : NOTHING;
  // A round that copies from an earlier migration's lists listed nothing itself.
  if (!begun) missing = copyList;
  const phase = hasEnded(record.status) ? 'ended' : copying ? 'copying' : begun ? 'listing' : 'planning';
  return {
    phase,
    round,
    listed,
    missing,
    copyList,
    outcomes,
  };
};
