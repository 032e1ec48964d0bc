// What each function may do, as a table. test/e2e/deployed.test.ts runs under it, enforced.
import type { FunctionName } from './names.ts';

export interface Permissions {
  /** Records of the table. */
  readonly table: readonly ('GetItem' | 'PutItem' | 'DeleteItem' | 'Query')[];
  /** The index by time. */
  readonly byTime: boolean;
  /** Objects under migrations/ in the reports bucket. */
  readonly reports: 'none' | 'read' | 'write' | 'readAndWrite';
  /**
   * Pictures: looking is listing and reading, copying writes and tags too, abandoning gives unfinished uploads up.
   * Any store may be on either side, because going back is a migration too.
   */
  readonly stores: 'none' | 'look' | 'copy' | 'abandon';
  /** The state machine's executions. */
  readonly executions: readonly ('StartExecution' | 'StopExecution' | 'DescribeExecution')[];
  /** May end a migration, and tells the account's event bus then. */
  readonly announces: boolean;
  /** Sets and unsets schedules of the stack's group, and hands them the one role they fire with. */
  readonly schedules: boolean;
  /** Signs links with a role that may read reports and nothing else. */
  readonly links: boolean;
  /** Called without anybody waiting for its answer: what fails again and again ends in the dead-letter queue. */
  readonly deadLetters: boolean;
}

const STEP: Permissions = {
  table: ['GetItem', 'PutItem', 'Query'],
  byTime: false,
  reports: 'readAndWrite',
  stores: 'none',
  executions: [],
  announces: false,
  schedules: false,
  links: false,
  deadLetters: false,
};

/** Whoever ends a migration gives up its unfinished uploads, writes its last report, and tells of it. */
const ENDS: Permissions = { ...STEP, stores: 'abandon', announces: true };

export const PERMISSIONS: Readonly<Record<FunctionName, Permissions>> = {
  Plan: { ...STEP, stores: 'look' },
  List: { ...STEP, stores: 'look', reports: 'write', table: ['GetItem', 'PutItem'] },
  Summarise: STEP,
  Copy: { ...STEP, stores: 'copy', table: ['GetItem', 'PutItem'] },
  Verify: { ...STEP, stores: 'abandon' },
  // What it ends is done: no upload is left.
  Finish: { ...STEP, table: ['GetItem', 'PutItem'], announces: true },
  Fail: ENDS,
  Start: { ...ENDS, executions: ['StartExecution', 'DescribeExecution'], deadLetters: true },
  Settle: { ...ENDS, byTime: true, executions: ['DescribeExecution'], deadLetters: true },
  Api: {
    ...ENDS,
    table: ['GetItem', 'PutItem', 'DeleteItem', 'Query'],
    byTime: true,
    executions: ['StartExecution', 'StopExecution', 'DescribeExecution'],
    schedules: true,
    links: true,
  },
};

/** Of schedules in the stack's group. */
export const SCHEDULE_ACTIONS = ['CreateSchedule', 'UpdateSchedule', 'DeleteSchedule'] as const;

/** Without ListBucket on a bucket S3 answers 403 instead of 404, and absence could not be told from refusal. */
export const REPORTS_ACTIONS: Readonly<
  Record<Permissions['reports'], { readonly objects: readonly string[]; readonly bucket: readonly string[] }>
> = {
  none: { objects: [], bucket: [] },
  read: { objects: ['s3:GetObject'], bucket: ['s3:ListBucket'] },
  // Long files are written in parts; an upload that broke is aborted.
  write: { objects: ['s3:PutObject', 's3:AbortMultipartUpload'], bucket: [] },
  readAndWrite: { objects: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], bucket: ['s3:ListBucket'] },
};

export const STORE_ACTIONS: Readonly<
  Record<
    Permissions['stores'],
    { readonly objects: readonly string[]; readonly bucket: readonly string[]; readonly keys: readonly string[] }
  >
> = {
  none: { objects: [], bucket: [], keys: [] },
  look: { objects: ['s3:GetObject'], bucket: ['s3:ListBucket'], keys: ['kms:Decrypt'] },
  abandon: { objects: ['s3:AbortMultipartUpload'], bucket: [], keys: [] },
  copy: {
    objects: [
      's3:GetObject',
      's3:GetObjectTagging',
      's3:PutObject',
      's3:PutObjectTagging',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ],
    bucket: ['s3:ListBucket'],
    keys: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
};
