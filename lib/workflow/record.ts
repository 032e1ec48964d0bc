// A migration's record: what was asked, how far it is, how it ended. One document, changed under its version.

import type { Amount } from '../compare/entry.ts';
import type { Outcomes } from '../compare/outcomes.ts';
import type { CompactStatistics } from '../compare/statistics.ts';
import type { Forecast } from '../report/forecast.ts';
import type { Budgeted } from './budgeted-plan.ts';
import type { Pages } from './pages.ts';
import type { Document, Records } from './ports.ts';
import type { MigrationRequest } from './request.ts';

export type Status = 'running' | 'stopping' | 'done' | 'failed' | 'cancelled';

/** One round's figures, closed by Summarise (the comparison) and Verify (the copying). */
export interface RoundRecord {
  readonly round: number;
  /** Absent in round 1 of a migration that began with an earlier one's lists. */
  readonly comparison?: {
    readonly statistics: CompactStatistics;
    readonly copyList: Amount;
    /** Missing, archived, settling, and different entries on the copy list, in all ranges of this round. */
    readonly remaining: Amount;
    /** The part of `remaining` in ranges that no later round compares again. */
    readonly remainingForGood: Amount;
    /** Different ones that were not to be replaced, and the part of them in ranges that no later round compares again. */
    readonly kept?: Amount;
    readonly keptForGood?: Amount;
    /** How many ranges no later round compares again. */
    readonly rangesForGood: number;
    /** When the oldest of its listings began, ms; absent where there was nothing to list. */
    readonly listedAt?: number;
    /** Listing requests that were answered. */
    readonly pages?: Pages;
    /** Pictures that were looked at on both sides, one by one. */
    readonly looks?: number;
    /** From the migration's beginning, or the end of the copying before, ms. */
    readonly tookMs?: number;
  };
  /** With `--max-cost`: what Summarise decided, whatever a repetition of it would. */
  readonly budgeted?: Budgeted;
  /** What Copy was given: the copy list of this round's copy-plan.json. */
  readonly copyList?: Amount;
  readonly copying?: {
    readonly outcomes: Outcomes;
    readonly reasons: Readonly<Record<string, number>>;
    /** Of what failed: other bytes stand on the destination now. Later rounds take them for the picture. */
    readonly damaged?: Amount;
    /** Why entries were not tried, where a part of it broke: `stepBroke` alone would not say what to do. */
    readonly broke?: string;
    /** With `--max-cost`: what the pictures that were begun cost, USD. */
    readonly chargedUsd?: number;
  };
}

export type Comparison = NonNullable<RoundRecord['comparison']>;

export interface MigrationRecord extends Document {
  readonly sk: 'record';
  readonly index: 'migrations';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly version: number;
  readonly id: string;
  readonly request: MigrationRequest;
  readonly status: Status;
  /** Why it failed: the name of an error, `killed`, `stopped`, … */
  readonly cause?: string;
  /** The cause in a sentence for people, with the way out. */
  readonly message?: string;
  readonly stopAsked?: 'cancel' | 'fail';
  readonly pair: string;
  readonly fencing: number;
  /** The file that plan.json of round 1 was made from. */
  readonly planned?: string;
  /** The probe's result. */
  readonly sameService?: boolean;
  /** Requests it took Plan to find prefixes. */
  readonly planRequests?: number;
  /** What a sync would take, by round 1's comparison. */
  readonly forecast?: Forecast;
  readonly rounds: readonly RoundRecord[];
  /** With `from`: what the earlier migration knew. */
  readonly earlier?: {
    readonly statistics: CompactStatistics;
    /** All of its `remaining`, and the part in ranges that this migration does not compare again. */
    readonly remaining: Amount;
    readonly remainingForGood: Amount;
    readonly kept?: Amount;
    readonly keptForGood?: Amount;
    readonly rangesForGood: number;
    readonly listedAt: number;
    /** What its comparison asked for. */
    readonly pages?: Pages;
  };
  readonly endedAt?: string;
}

export const migrationPk = (id: string): string => `migration#${id}`;
export const taskSk = (round: number, index: number): string => `round#${round}#task#${String(index).padStart(6, '0')}`;
export const itemSk = (round: number, index: number): string => `round#${round}#item#${String(index).padStart(6, '0')}`;
/** The task or item that a document of these is about. */
export const indexOf = ({ sk }: Document): number => Number(sk.split('#').at(-1));
export const tasksPrefix = (round: number): string => `round#${round}#task#`;
export const itemsPrefix = (round: number): string => `round#${round}#item#`;

export const hasEnded = (status: Status): boolean => status === 'done' || status === 'failed' || status === 'cancelled';

export const readMigration = (records: Records, id: string): Promise<MigrationRecord | undefined> =>
  records.get<MigrationRecord>(migrationPk(id), 'record');

/** Newest first. */
export const listMigrations = (
  records: Records,
  options: { readonly limit: number; readonly before?: string },
): Promise<MigrationRecord[]> => records.newest<MigrationRecord>('migrations', options);

/** All of them, newest first, a page at a time; none is skipped, not even where several began in one millisecond. */
export const allMigrations = async function* (records: Records, pageSize = 100): AsyncIterable<MigrationRecord> {
  let limit = pageSize;
  let before: string | undefined;
  let seen: ReadonlySet<string> = new Set();
  for (;;) {
    const page = await listMigrations(records, { limit, ...(before === undefined ? {} : { before }) });
    const fresh = page.filter(({ id }) => !seen.has(id));
    yield* fresh;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    // A space comes before every other character: the last one's own millisecond is read again.
    const again = `${last.createdAt} `;
    const ofThatTime = page.filter(({ createdAt }) => createdAt === last.createdAt).map(({ id }) => id);
    seen = new Set(before === again ? [...seen, ...ofThatTime] : ofThatTime);
    before = again;
    // Where one millisecond fills a page, only a larger one gets beyond it.
    limit = ofThatTime.length === page.length ? limit * 2 : pageSize;
  }
};

/** Reads, changes, writes under the version, again where somebody else was faster. */
export const changeMigration = async (
  records: Records,
  id: string,
  change: (record: MigrationRecord) => Partial<MigrationRecord> | undefined,
): Promise<MigrationRecord> => {
  for (;;) {
    const record = await readMigration(records, id);
    if (!record) throw new Error(`There is no migration ${id}.`);
    const changes = change(record);
    if (!changes) return record;
    const changed: MigrationRecord = { ...record, ...changes, version: record.version + 1 };
    if (await records.put(changed, { version: record.version })) return changed;
  }
};
