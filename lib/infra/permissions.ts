// What each function may do, as a table. test/e2e/deployed.test.ts runs under it, enforced.
import type { FunctionName } from './names.ts';

export interface Permissions {
  /** Records of the table. */
  readonly table: readonly ('GetItem' | 'PutItem' | 'Query')[];
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
  readonly executions: readonly ('StartExecution' | 'DescribeExecution')[];
}

const STEP: Permissions = {
  table: ['GetItem', 'PutItem', 'Query'],
  byTime: false,
  reports: 'readAndWrite',
  stores: 'none',
  executions: [],
};

export const PERMISSIONS: Readonly<Record<FunctionName, Permissions>> = {
  Plan: { ...STEP, stores: 'look' },
  List: { ...STEP, stores: 'look', reports: 'write', table: ['GetItem', 'PutItem'] },
  Summarise: STEP,
  Copy: { ...STEP, stores: 'copy', table: ['GetItem', 'PutItem'] },
  Verify: { ...STEP, stores: 'abandon' },
  Finish: { ...STEP, table: ['GetItem', 'PutItem'], reports: 'write' },
  Fail: { ...STEP, stores: 'abandon' },
  Start: { ...STEP, stores: 'abandon', executions: ['StartExecution', 'DescribeExecution'] },
  Settle: { ...STEP, stores: 'abandon', byTime: true, executions: ['DescribeExecution'] },
};

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
    objects: ['s3:GetObject', 's3:GetObjectTagging', 's3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
    bucket: ['s3:ListBucket'],
    keys: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
};
