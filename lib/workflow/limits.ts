// Every number the workflow turns on, in one place. Deployed they are context values, embedded defaults, in tests smaller.

export interface Limits {
  readonly shardEntries: number;
  readonly planDepth: number;
  /** The same between two S3 stores, whose ranges can be cut while they are listed. */
  readonly planDepthBetweenS3: number;
  readonly planRequests: number;
  readonly planTasks: number;
  /** So many ranges are enough to share out: nothing is looked for below their prefixes. Twice as many are the most. */
  readonly planRangesWanted: number;
  /** Few enough in a task that it ends early, enough that starting it pays. */
  readonly rangesPerTaskWanted: number;
  /** Ranges in one task at most: keeps plan items and task documents small. */
  readonly rangesPerTask: number;
  /** Listings read at once by one List invocation (each range has two). */
  readonly listStreams: number;
  /** A page that takes less comes from near by, where cutting ranges saves nothing unless it is seen to; not asked of AWS. */
  readonly nearPageMs: number;
  /** Pictures copied at once by one Copy invocation. */
  readonly copiesPerShard: number;
  /** Copy invocations that share what `--concurrency` allows: 50 deployed; embedded 1, the process itself limits them. */
  readonly copyChildren: number;
  /** List invocations that share what `--tpslimit` allows: 50 deployed, embedded 1. */
  readonly listChildren: number;
  /**
   * S3 takes at least so many PUT, COPY, POST and DELETE requests a second below one partitioned prefix
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html, read in November 2026).
   */
  readonly writesPerSecond: number;
  readonly maxCopyItems: number;
  /** Commits while running, so that progress shows and little is done twice. */
  readonly commitEveryMs: number;
  /** What is kept back of an invocation's time for its last commit. */
  readonly handOnMs: number;
  readonly leaseMs: number;
  readonly memoryBytes: number;
  readonly copyObjectMaxBytes: number;
  readonly partSizeBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  shardEntries: 5_000,
  planDepth: 3,
  planDepthBetweenS3: 3,
  planRequests: 2_000,
  planTasks: 1_000,
  planRangesWanted: 200,
  rangesPerTaskWanted: 4,
  rangesPerTask: 16,
  listStreams: 16,
  nearPageMs: 100,
  copiesPerShard: 64,
  copyChildren: 1,
  listChildren: 1,
  writesPerSecond: 3_500,
  maxCopyItems: 40_000,
  commitEveryMs: 5_000,
  handOnMs: 30_000,
  leaseMs: 20 * 60_000,
  memoryBytes: 512 * 1024 * 1024,
  copyObjectMaxBytes: 5 * 1024 ** 3,
  partSizeBytes: 64 * 1024 * 1024,
};
