// Copying one picture from one store to another: the route is chosen once a shard, the outcome is data.
import type { Pace } from './pace.ts';
import type { MemoryBudget, Store, WriteOptions } from './store.ts';

/** A line of a copy list: what Copy knows of a picture. */
export interface CopyLine {
  readonly key: string;
  /** Bytes, as listed on the source. */
  readonly size: number;
}

/** What the copy list asks for: create what is missing, or overwrite what is different (because the user asked). */
export type CopyAction = 'create' | 'replace';

export type CopyOutcome =
  | { readonly outcome: 'copied' | 'replaced' | 'alreadyThere' | 'goneFromSource' | 'changedOnSource' }
  | { readonly outcome: 'failed'; readonly reason: string; readonly detail?: string }
  /** The invocation is about to end; `upload` goes on in the next one. */
  | { readonly outcome: 'unfinished'; readonly upload: OpenUpload }
  /** `giveUp` came while it was under way: nothing of it was kept. */
  | { readonly outcome: 'givenUp' };

/** The reason of a failure that leaves other bytes under the picture's name: compared by size it is there from then on. */
export const STORED_DAMAGED = 'storedDamaged';

/** A multipart upload under way, committed so that the next invocation continues it. */
export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly partSizeBytes: number;
  /** ETags of finished parts, part 1 first. */
  readonly parts: readonly string[];
}

export interface CopyRouteOptions extends WriteOptions {
  /** The destination's credentials can read the source: server-side copies. Else pictures are streamed. */
  readonly sameService: boolean;
  readonly memory: MemoryBudget;
  /** How fast bytes may pass through this process. */
  readonly pace?: Pace;
  /** CopyObject takes up to 5 GB; tests lower it. */
  readonly copyObjectMaxBytes?: number;
  readonly partSizeBytes?: number;
}

export interface CopyTask {
  readonly action: CopyAction;
  /** Replace only what is older on the destination when it is looked at again: hours may lie between listing and copying. */
  readonly onlyIfNewer?: boolean;
  /** The source server's clock when the listing began, ms. */
  readonly listedAt: number;
  /** Aborted when the invocation must hand on: long copies stop between parts and say `unfinished`. */
  readonly handOver?: AbortSignal;
  /** Aborted when the migration was asked to stop: a large picture that streams is not waited for. */
  readonly giveUp?: AbortSignal;
  /** Asked before a stream that broke is read once more; false: it may not be. */
  mayTryAgain?(): boolean;
  /** What an earlier invocation left of this very picture. */
  readonly upload?: OpenUpload;
  readonly uploads?: UploadLog;
}

/** Keeps uploads under way, so that a later invocation goes on with them, or gives them back. */
export interface UploadLog {
  /** Resolves once it is written down: nobody finds an upload again that only a dead process knew of. */
  begun(upload: OpenUpload): Promise<void>;
  advanced(upload: OpenUpload): void;
}

/** Copies single pictures of one pair. Never throws for what can happen to one picture. */
export interface CopyRoute {
  copy(line: CopyLine, task: CopyTask): Promise<CopyOutcome>;
}

export type OpenRoute = (source: Store, destination: Store, options: CopyRouteOptions) => CopyRoute;
