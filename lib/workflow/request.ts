// What a migration is asked to do. Validated at the edge (lib/workflow/request-schema.ts); inside, plain data.
import type { StoreSpec } from '../stores/spec.ts';

export type Mode = 'check' | 'sync';
export type OnDifferent = 'keep' | 'overwrite' | 'newer';

/** Options of a migration. Times are ISO 8601 in UTC. */
export interface Options {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly capturedAfter?: string;
  readonly capturedBefore?: string;
  readonly modifiedAfter?: string;
  readonly modifiedBefore?: string;
  /** Milliseconds; absent: 30 s for a folder as source, 0 for S3. */
  readonly minAgeMs?: number;
  /** Regular expression in RE2's syntax with named groups `camera`, `year`, `month`, `day`, `hour`, `minute`, `second`. */
  readonly keyPattern?: string;
  readonly checksum: boolean;
  readonly onDifferent: OnDifferent;
  readonly order: 'newest' | 'oldest';
  /** Pictures copied at once by the whole migration. */
  readonly concurrency?: number;
  /** Requests a second to S3 stores by the whole migration. */
  readonly tpsLimit?: number;
  /** Bytes a second of pictures that pass through Picferry, each way, by the whole migration. */
  readonly bandwidthLimit?: number;
  /** USD, by the table of prices: copying stops before it costs more. */
  readonly maxCostUsd?: number;
  readonly storageClass?: string;
  readonly tags: boolean;
  readonly sseKmsKeyId?: string;
}

/** Continues from an earlier migration's lists instead of listing first. */
export interface From {
  readonly from: string;
  readonly only: 'missing' | 'failed';
}

export interface MigrationRequest {
  readonly mode: Mode;
  readonly source: StoreSpec;
  readonly destination: StoreSpec;
  readonly options: Options;
  readonly from?: From;
}
