// The ports the steps need: each has a twin in lib/deployed and one in lib/embedded, and one contract suite for both.
import type { Readable } from 'node:stream';
import type { MigrationEnded } from './ended.ts';

/** A plain JSON document, found by `pk` (what it belongs to) and `sk` (which one of its kind). Under 300 KB. */
export interface Document {
  readonly pk: string;
  readonly sk: string;
  readonly [field: string]: unknown;
}

/** `'absent'`: nothing may stand there. Fields: these top-level fields must hold exactly these scalars. */
export type Expectation = 'absent' | Readonly<Record<string, string | number | null>>;

/** DynamoDB (deployed) or SQLite (embedded). Every write replaces a whole document. */
export interface Records {
  get<T extends Document>(pk: string, sk: string): Promise<T | undefined>;
  /** False where the expectation does not hold; nothing was written then. */
  put(document: Document, expect?: Expectation): Promise<boolean>;
  /** Harmless where there is none. */
  remove(pk: string, sk: string): Promise<void>;
  /** All documents of `pk` whose `sk` begins with `skPrefix`, by `sk` in code-point order; strongly consistent. */
  list<T extends Document>(pk: string, skPrefix: string): AsyncIterable<T>;
  /**
   * Documents carrying an `index` field with this value, newest `createdAt` (ISO text) first.
   * `before`: only those created before it. Eventually consistent when deployed.
   */
  newest<T extends Document>(
    index: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<T[]>;
}

/** The reports bucket (deployed) or a folder of the state folder (embedded). Paths as in docs/architecture.md. */
export interface ReportFiles {
  /** undefined where there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Whether there is such a file, without reading it. */
  has(path: string): Promise<boolean>;
  /** Throws where there is no such file. */
  open(path: string): Promise<Readable>;
  write(path: string, body: Buffer | string): Promise<void>;
  /** Appends what the chunks hold one after the other; the file appears whole or not at all. */
  writeAll(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Where people find it: a path or an s3:// address. */
  where(path: string): string;
}

export type ExecutionStatus = 'running' | 'succeeded' | 'failed' | 'stopped' | 'timedOut' | 'unknown';

/** Step Functions (deployed) or the interpreter (embedded). */
export interface Executions {
  /** Starts the state machine with the migration's id as the execution's name: repeating it is harmless. */
  start(migrationId: string): Promise<void>;
  stop(migrationId: string): Promise<void>;
  status(migrationId: string): Promise<ExecutionStatus>;
}

/**
 * What operators watch. Counts but for Bytes; figures are counted once, when nothing changes them any more:
 * Listed and Missing when a comparison is closed, Copied (replaced ones too) and Bytes when a round is, the others as the
 * migration ends. Throttles are a store's answers "slow down"; OverdueSchedules what one look at the schedules found.
 */
export type Metric =
  | 'Listed'
  | 'Missing'
  | 'Copied'
  | 'Bytes'
  | 'Failed'
  | 'FailedMigrations'
  | 'Throttles'
  | 'OverdueSchedules';

/** CloudWatch's logs and metrics (deployed); embedded nobody watches, and nothing is counted. */
export interface Observer {
  /** Structured log line; names and figures, never secrets. */
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  count(metric: Metric, value: number): void;
}

/** Tells whoever listens that a migration has ended: an event of EventBridge (deployed), nothing (embedded). */
export interface Announcer {
  announce(ended: MigrationEnded): Promise<void>;
}

/** Tells whether whoever took a lock still lives. Deployed nobody can tell (`mine` is undefined); a lease says it. */
export interface Liveness {
  /** Identifies this process, when holders are processes. */
  readonly mine: string | undefined;
  isDead(holder: string): Promise<boolean>;
}
