// A migration as the API shows it: in a list, and by itself.
import { resultOf } from '../report/result.ts';
import { reportPath } from '../workflow/paths.ts';
import type { ReportFiles } from '../workflow/ports.ts';
import { readProgress } from '../workflow/progress.ts';
import { type MigrationRecord, type RoundRecord, readMigration } from '../workflow/record.ts';
import { reportOf } from '../workflow/report-of.ts';
import { type SettleHost, settledIfPossible } from '../workflow/settle.ts';
import { noMigration, type Refusal } from './refusal.ts';
import type { MigrationDetail, MigrationSummary, RoundFigures } from './resources.ts';

export const summaryOf = (record: MigrationRecord, files: Pick<ReportFiles, 'where'>): MigrationSummary => {
  const report = reportOf(record);
  const { mode, source, destination, startedAt, endedAt, asOf } = report;
  return {
    ...resultOf(report, files.where(reportPath(record.id))),
    mode,
    source,
    destination,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(asOf === undefined ? {} : { asOf }),
  };
};

/** One whose process has died is settled first. What is no id is no key of the records either. */
export const knownMigration = async (id: string, host: SettleHost): Promise<MigrationRecord | undefined> => {
  const record = /^[\w-]{1,80}$/.test(id) ? await readMigration(host.records, id) : undefined;
  return record && settledIfPossible(record, host);
};

export const detailOf = async (id: string, host: SettleHost): Promise<MigrationDetail | Refusal> => {
  const record = await knownMigration(id, host);
  return record ? detailOfRecord(record, host) : noMigration(id);
};

export const detailOfRecord = async (
  record: MigrationRecord,
  host: Pick<SettleHost, 'records' | 'files'>,
): Promise<MigrationDetail> => ({
  ...summaryOf(record, host.files),
  request: record.request,
  progress: await readProgress(host, record.id),
  roundFigures: record.rounds.map(figuresOf),
});

const figuresOf = ({ round, comparison, copyList, copying }: RoundRecord): RoundFigures => {
  const list = copyList ?? comparison?.copyList;
  return {
    round,
    ...(list ? { copyList: list } : {}),
    ...(comparison ? { remaining: comparison.remaining } : {}),
    ...(copying ? { outcomes: copying.outcomes } : {}),
  };
};
