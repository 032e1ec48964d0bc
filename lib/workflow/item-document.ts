// What a Copy item has committed: how far it is in copying order, and what became of the entries before.
import type { Amount } from '../compare/entry.ts';
import { noOutcomes, type Outcomes } from '../compare/outcomes.ts';
import type { OpenUpload } from '../stores/copy.ts';
import type { Committed, Examples } from './invocation.ts';
import type { CopyItem, ShardRef } from './payloads.ts';
import { readOutcomeFiles } from './plan-files.ts';
import type { ReportFiles } from './ports.ts';

/** A file of lines that all ended with the same outcome; enough of a shard to be copied from again. */
export interface OutcomeFile extends Pick<ShardRef, 'path' | 'finding' | 'listedAt' | 'gzipBytes'> {
  /** `notTried`: what was given up before `position` when the migration was asked to stop. */
  readonly outcome: 'failed' | 'changedOnSource' | 'goneFromSource' | 'notTried';
  readonly count: number;
  readonly bytes: number;
}

export interface ItemDocument extends Committed {
  readonly amount: Amount;
  /** The first entry, in copying order, without an outcome; once stopped, the first one that was never begun. */
  readonly position: number;
  readonly outcomes: Outcomes;
  readonly reasons: Readonly<Record<string, number>>;
  /** Of what failed: other bytes stand on the destination now, and no comparison by size tells. */
  readonly damaged?: Amount;
  readonly files: readonly OutcomeFile[];
  /** JSON files that hold earlier ones of `files`, so that this document stays small. */
  readonly fileLists: readonly string[];
  readonly examples: Examples;
  /** Fewer than asked for, since as many streamed for longer than an invocation runs: they share a line. */
  readonly atOnce?: number;
  /** With `--max-cost`: what was begun so far costs so much, USD. Where it was not enough the rest is `notTried`. */
  readonly chargedUsd?: number;
  /** A file with large pictures under way, by position: `Record<position, OpenUpload>`. */
  readonly uploadsPath: string | null;
}

/** All files of an item, in the order of writing. */
export const filesOf = async (item: ItemDocument, files: ReportFiles): Promise<OutcomeFile[]> => {
  const earlier = await Promise.all(item.fileLists.map((path) => readOutcomeFiles(files, path)));
  return [...earlier.flat(), ...item.files];
};

export type Uploads = Readonly<Record<string, OpenUpload>>;

export const freshItem = (item: CopyItem): Omit<ItemDocument, keyof Committed> => ({
  amount: item.amount,
  position: item.fromPosition ?? 0,
  outcomes: noOutcomes(),
  reasons: {},
  files: [],
  fileLists: [],
  examples: {},
  uploadsPath: null,
});
