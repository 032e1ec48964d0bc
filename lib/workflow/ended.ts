// What is announced when a migration has ended: figures and where its report is, for whoever waits for it.
import type { Amount } from '../compare/entry.ts';
import type { Report } from '../report/report.ts';
import { reportPath } from './paths.ts';
import type { ReportFiles } from './ports.ts';
import type { MigrationRecord } from './record.ts';
import { reportOf } from './report-of.ts';

/** May be told twice, never not at all: `id` tells two of the same from one another. */
export interface MigrationEnded
  extends Pick<
    Report,
    'id' | 'mode' | 'status' | 'cause' | 'source' | 'destination' | 'startedAt' | 'endedAt' | 'asOf'
  > {
  /** Absent where no comparison was completed: nothing is known then. */
  readonly remaining?: Amount;
  /** Pictures. Replaced ones count as copied. */
  readonly copied: number;
  readonly failed: number;
  /** Where report.json is. */
  readonly report: string;
}

export const endedOf = (record: MigrationRecord, files: Pick<ReportFiles, 'where'>): MigrationEnded => {
  const { id, mode, status, cause, source, destination, startedAt, endedAt, asOf, remaining, outcomes } =
    reportOf(record);
  return {
    id,
    mode,
    status,
    ...(cause === undefined ? {} : { cause }),
    source,
    destination,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(remaining === undefined ? {} : { remaining: { count: remaining.count, bytes: remaining.bytes } }),
    copied: outcomes.copied.count + outcomes.replaced.count,
    failed: outcomes.failed.count,
    report: files.where(reportPath(id)),
  };
};
