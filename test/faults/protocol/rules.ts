// What must hold: looked at whenever something is written, and once more where nobody is left.
import { sameAmount } from '../../../lib/compare/entry.ts';
import { OUTCOMES, type Outcomes, sumOfOutcomes } from '../../../lib/compare/outcomes.ts';
import type { ItemDocument } from '../../../lib/workflow/item-document.ts';
import { hasEnded, type MigrationRecord } from '../../../lib/workflow/record.ts';
import { documentOf, placeOf } from './interned.ts';
import { IDS, migrationOf } from './programs.ts';
import { CLOCK, DEAD_PROCESSES, documentAt, LOSSY, PICTURES, pictureAt, readDocument, type State } from './state.ts';

export interface Lock {
  readonly migrationId: string | null;
  readonly fencing: number;
  readonly leaseUntil: number;
  readonly holder: string | null;
}

export interface Rules {
  /** A sentence about what is wrong with this write. */
  afterWriting(before: State, after: State, place: number): string | undefined;
  afterPicture(state: State, migration: number): string | undefined;
  /** Of a state in which nobody lives. */
  whenOver(state: State): string | undefined;
  /** The lease has passed, and the sweep has looked at everything. */
  afterSweeping(state: State): string | undefined;
  lockIn(state: State): Lock | undefined;
  recordIn(state: State, migration: number): MigrationRecord | undefined;
}

const kindOf = (number: number): string => String(documentOf(number)?.sk);

export const rulesFor = (pair: string, isDead: (holder: string, deadProcesses: number) => boolean): Rules => {
  const lockPlace = placeOf(`lock#${pair}`, 'lock');
  const lockIn = (state: State) => readDocument<Lock>(state, lockPlace);
  const recordPlaces = IDS.map((id) => placeOf(`migration#${id}`, 'record'));
  const reportPlaces = IDS.map((id) => placeOf(`report#${id}`, 'report'));
  const recordIn = (state: State, migration: number) => readDocument<MigrationRecord>(state, recordPlaces[migration]!);
  const recordOf = (state: State, id: string) => recordIn(state, migrationOf(id));

  const lockChanged = (was: Lock | undefined, is: Lock, state: State): string | undefined => {
    if (!was) return undefined;
    if (is.fencing < was.fencing) return 'the fencing number went back';
    const isNewOwner = is.migrationId !== was.migrationId && is.migrationId !== null;
    if (isNewOwner && is.fencing <= was.fencing) return 'a fencing number has two owners';
    if (was.migrationId !== null && was.migrationId === is.migrationId)
      return is.leaseUntil < was.leaseUntil ? `the lease of ${is.migrationId} was shortened` : undefined;
    if (was.migrationId === null) return undefined;
    const lapsed = was.holder === null ? was.leaseUntil <= state[CLOCK]! : isDead(was.holder, state[DEAD_PROCESSES]!);
    if (isNewOwner) return lapsed ? undefined : `the lock of ${was.migrationId} was taken while it was held`;
    const record = recordOf(state, was.migrationId);
    // One whose start was so slow that it was taken for dead: none of its steps has begun, and all will be refused.
    const isUntouched = record?.rounds.length === 0 && record.sameService === undefined;
    if (record && record.fencing === was.fencing && !hasEnded(record.status) && !isUntouched)
      return `the lock of ${was.migrationId} was freed while it is ${record.status}`;
    return undefined;
  };

  const recordChanged = (was: MigrationRecord | undefined, is: MigrationRecord): string | undefined => {
    if (was && hasEnded(was.status)) return `${is.id} had ended, and its record changed`;
    if (was && is.version !== was.version + 1) return `the record of ${is.id} lost a change`;
    for (const { round, copying } of was?.rounds ?? []) {
      if (copying && !is.rounds.some((one) => one.round === round && one.copying))
        return `${is.id} forgot its outcomes`;
    }
    for (const { round, copyList, copying } of is.rounds) {
      if (copying && !sameAmount(sumOfOutcomes(copying.outcomes), copyList!))
        return `the outcomes of round ${round} of ${is.id} do not add up to its copy list`;
    }
    return undefined;
  };

  const itemChanged = (was: ItemDocument | undefined, is: ItemDocument): string | undefined => {
    if (was && is.commit !== was.commit + 1) return 'a commit was lost';
    if (was && is.position < was.position) return 'a position went back';
    if (was && OUTCOMES.some((one) => is.outcomes[one].count < was.outcomes[one].count))
      return 'an outcome was forgotten';
    if (sumOfOutcomes(is.outcomes).count > is.position) return 'an entry has two outcomes';
    if (was?.done && (!is.done || is.position !== was.position)) return 'a finished item was changed';
    return undefined;
  };

  const writtenBy = (state: State, migration: number): number => {
    let written = 0;
    for (let picture = 0; picture < PICTURES; picture++) if (state[pictureAt(picture)] === migration + 1) written++;
    return written;
  };

  const copiedTooMany = (state: State, migration: number, outcomes: Outcomes | undefined): string | undefined =>
    (outcomes?.copied.count ?? 0) > writtenBy(state, migration)
      ? `${IDS[migration]} counts ${outcomes?.copied.count} as copied and wrote ${writtenBy(state, migration)}`
      : undefined;

  const ended = (state: State, migration: number): string | undefined => {
    const record = recordIn(state, migration);
    if (!record || !hasEnded(record.status)) return undefined;
    const { id, status } = record;
    const outcomes = record.rounds[0]?.copying?.outcomes;
    if (record.rounds.length > 0 && !outcomes) return `${id} is ${status}, and its round was never closed`;
    if (status === 'done' && outcomes && outcomes.notTried.count > 0)
      return `${id} is done and has not tried everything`;
    const written = writtenBy(state, migration);
    if (state[LOSSY] === 0 && written !== (outcomes?.copied.count ?? 0))
      return `${id} wrote ${written}, counts ${outcomes?.copied.count ?? 0}, and no invocation was lost`;
    const there = Array.from({ length: PICTURES }, (_, i) => state[pictureAt(i)]!).filter((by) => by > 0).length;
    if ((outcomes?.alreadyThere.count ?? 0) + (outcomes?.copied.count ?? 0) > there)
      return `${id} counts pictures that are not there`;
    return undefined;
  };

  return {
    lockIn,
    recordIn,
    afterWriting: (before, after, place) => {
      const was = readDocument<never>(before, place);
      const is = readDocument<never>(after, place)!;
      const number = after[documentAt(place)]!;
      switch (kindOf(number)) {
        case 'lock':
          return lockChanged(was, is, before);
        case 'record': {
          const record = is as MigrationRecord;
          const migration = migrationOf(record.id);
          return recordChanged(was, record) ?? copiedTooMany(after, migration, record.rounds[0]?.copying?.outcomes);
        }
        case 'report':
          return undefined;
        default: {
          const item = is as ItemDocument;
          const migration = IDS.findIndex((id) => item.pk.endsWith(id));
          return itemChanged(was, item) ?? copiedTooMany(after, migration, item.outcomes);
        }
      }
    },
    afterPicture: (state, migration) => {
      const id = IDS[migration]!;
      const lock = lockIn(state);
      if (lock?.migrationId !== id) return `${id} writes a picture while the pair is ${lock?.migrationId ?? 'free'}`;
      const record = recordIn(state, migration);
      if (lock.fencing !== record?.fencing) return `${id} writes under another number than its record's`;
      return undefined;
    },
    whenOver: (state) => firstOf(IDS, (_, migration) => ended(state, migration)),
    afterSweeping: (state) => {
      const lock = lockIn(state);
      // Lapsed is as good as free: whoever comes next takes it.
      const isHeld = lock?.migrationId != null && lock.holder === null && lock.leaseUntil > state[CLOCK]!;
      if (isHeld) return `the lock of ${lock.migrationId} outlives its lease`;
      return firstOf(IDS, (id, migration) => {
        const record = recordIn(state, migration);
        if (!record) return undefined;
        if (!hasEnded(record.status)) return `${id} is ${record.status} for ever`;
        const report = readDocument<{ body: string }>(state, reportPlaces[migration]!);
        if (!report?.body.includes(`"status":"${record.status}"`))
          return `the report of ${id} does not say ${record.status}`;
        return ended(state, migration);
      });
    },
  };
};

const firstOf = <T>(all: readonly T[], look: (one: T, index: number) => string | undefined): string | undefined => {
  for (const [index, one] of all.entries()) {
    const wrong = look(one, index);
    if (wrong) return wrong;
  }
  return undefined;
};
