// Everything a step may touch, handed in by whoever runs it: a Lambda, the embedded interpreter, a test.
import type { Side } from '../../compare/entry.ts';
import type { Pace } from '../../stores/pace.ts';
import type { StoreSpec } from '../../stores/spec.ts';
import type { MemoryBudget, Store } from '../../stores/store.ts';
import type { Limits } from '../limits.ts';
import type { Announcer, Liveness, Observer, Records, ReportFiles } from '../ports.ts';
import type { Billing } from '../terms.ts';

/** Runs work when one of a limited number of places is free (p-limit). */
export type Places = <T>(work: () => Promise<T>) => Promise<T>;

/** p-limit's own figures tell whether a place is idle. */
export interface CountedPlaces extends Places {
  readonly concurrency: number;
  readonly activeCount: number;
  readonly pendingCount: number;
}

export interface StepContext extends Observer, Announcer {
  readonly records: Records;
  readonly files: ReportFiles;
  readonly liveness: Liveness;
  readonly limits: Limits;
  /** Stores are cached by whoever hands them out; steps do not close them. */
  openStore(spec: StoreSpec, side: Side): Promise<Store>;
  /** Milliseconds since 1970. */
  now(): number;
  /** When this invocation must have returned, ms since 1970; Infinity where nothing ends it. */
  readonly deadline: number;
  /** Names this invocation's files: unique per attempt. */
  readonly attempt: string;
  /** Shared by all invocations in this process: embedded 16 listings and 64 copies, deployed one invocation's own. */
  readonly listPlaces: CountedPlaces;
  readonly copyPlaces: Places;
  readonly memory: MemoryBudget;
  /** What requests, bytes and Lambdas cost. */
  readonly billing: Billing;
  /** Stands before the requests of the stores that are handed out; Plan, List and Copy tell it what they may use. */
  readonly pace: Pace;
}

/** One invocation of a step. */
export type RunStep<Input, Output> = (input: Input, context: StepContext) => Promise<Output>;
