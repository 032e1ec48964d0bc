// What passes between states: pointers and a few figures, never a list of pictures (a payload holds 256 KiB).
import type { Amount } from '../compare/entry.ts';
import type { Range } from '../compare/range.ts';

/** The execution's input. */
export interface PlanInput {
  readonly migrationId: string;
}

export interface PlanOutput {
  readonly migrationId: string;
  readonly round: number;
  /** Which state Begin goes to. */
  readonly begin: 'List' | 'Copy' | 'Finish';
  readonly planPath: string;
  readonly copyPlanPath: string;
}

/** One element of plan.json. */
export interface PlanTask {
  readonly index: number;
  readonly ranges: readonly Range[];
}

export interface ListInput {
  readonly migrationId: string;
  readonly round: number;
  readonly task: PlanTask;
}

/** `done: false`: the child loops and the next invocation goes on from the last commit. */
export interface Progress {
  readonly done: boolean;
}

export interface SummariseInput {
  readonly migrationId: string;
  readonly round: number;
}

/** All that Decide looks at. */
export interface SummariseOutput {
  readonly migrationId: string;
  readonly round: number;
  readonly mode: 'check' | 'sync';
  readonly copyListCount: number;
  readonly roundsCopied: number;
  /** Pictures copied or replaced by the round before; 1 before the first, so that Decide can ask for 0. */
  readonly copiedLastRound: number;
  /** `--max-cost` leaves nothing to copy with: the copy list's outcomes are written down already. */
  readonly budgetUsedUp: boolean;
  readonly planPath: string;
  readonly copyPlanPath: string;
}

/** A file of copy list lines. No commit names it: it does not exist. */
export interface ShardRef {
  readonly path: string;
  readonly finding: 'missingOnDestination' | 'different';
  readonly count: number;
  readonly bytes: number;
  /** The source server's clock when the listing began, ms. */
  readonly listedAt: number;
  /** Newest and oldest capture time in it, ms. */
  readonly newest: number;
  readonly oldest: number;
  /** Of the compressed file. */
  readonly gzipBytes: number;
  /** Where it stands among its task's shards: the range it begins in, or the place within it where it was cut; then the order of writing. Gives key order. */
  readonly range: number;
  readonly sequence: number;
}

/** One element of copy-plan.json. */
export interface CopyItem {
  readonly index: number;
  readonly shards: readonly ShardRef[];
  /** All its entries, less those before `fromPosition`. */
  readonly amount: Amount;
  /** Only entries from this position (in copying order) on: what an earlier migration did not try. */
  readonly fromPosition?: number;
  /** Items of the plan. */
  readonly items?: number;
  /** Of those that may be under way with it, how many copy into the same range, this one included: they share what S3 takes below one prefix. Absent: all. */
  readonly sharing?: number;
  /** With `--max-cost`: what copying it may cost, USD; 0: nothing is left for it. */
  readonly budgetUsd?: number;
}

export interface CopyInput {
  readonly migrationId: string;
  readonly round: number;
  readonly item: CopyItem;
}

export interface VerifyInput {
  readonly migrationId: string;
  readonly round: number;
}

export interface VerifyOutput {
  readonly migrationId: string;
  readonly round: number;
  readonly planPath: string;
  readonly copyPlanPath: string;
}

export interface FailInput {
  readonly migrationId: string;
  /** As Step Functions hands it to a catcher: `Cause` is JSON text where a Lambda threw. */
  readonly error: { readonly Error: string; readonly Cause: string };
}

export const STEPS = ['Plan', 'List', 'Summarise', 'Copy', 'Verify', 'Finish', 'Fail'] as const;
export type Step = (typeof STEPS)[number];
