// A migration's record as its report, and the writing of it.

import { REPORT_MAX_BYTES, type Report } from '../report/report.ts';
import { addressOf, type StoreSpec } from '../stores/spec.ts';
import { SumsDisagree } from './errors.ts';
import { asOf, brokeOf, comparisons, findingsOf, keptOf, outcomesOf, reasonsOf, remainingOf } from './figures.ts';
import { jsonIn } from './lines.ts';
import { reportPagePath, reportPath } from './paths.ts';
import { examplesOf } from './plan-files.ts';
import type { Records, ReportFiles } from './ports.ts';
import { hasEnded, type MigrationRecord, readMigration, type Status } from './record.ts';

/** A prefix may have 1,024 bytes; two of them would fill the report. request.json has them whole. */
const ADDRESS_MAX_BYTES = 300;
const MESSAGE_MAX_BYTES = 500;
const CAUSE_MAX_BYTES = 100;

export const reportOf = (record: MigrationRecord): Report => {
  const { mode, source, destination } = record.request;
  const since = asOf(record);
  const findings = findingsOf(record);
  const remaining = remainingOf(record);
  const kept = keptOf(record);
  const message = record.message ?? brokeOf(record);
  return {
    id: record.id,
    mode,
    status: record.status,
    ...(record.cause === undefined ? {} : { cause: shortened(record.cause, CAUSE_MAX_BYTES) }),
    ...(message === undefined ? {} : { message: shortened(message, MESSAGE_MAX_BYTES) }),
    source: shortened(addressOf(source), ADDRESS_MAX_BYTES),
    destination: shortened(addressOf(destination), ADDRESS_MAX_BYTES),
    createOnly: guaranteeOf(destination),
    startedAt: record.createdAt,
    ...(record.endedAt === undefined ? {} : { endedAt: record.endedAt }),
    ...(since === undefined ? {} : { asOf: new Date(since).toISOString() }),
    ...(findings === undefined ? {} : { findings }),
    outcomes: outcomesOf(record),
    reasons: reasonsOf(record),
    ...(remaining === undefined ? {} : { remaining }),
    ...(kept === undefined ? {} : { kept }),
    rounds: comparisons(record),
    ...(record.forecast === undefined ? {} : { forecast: record.forecast }),
  };
};

const guaranteeOf = (destination: StoreSpec): Report['createOnly'] =>
  destination.type === 'folder' ? 'exclusiveLink' : destination.createOnly;

/** To so many bytes of JSON: it writes a control character as six. */
const shortened = (text: string, maxBytes: number): string => {
  if (jsonBytes(text) <= maxBytes) return text;
  let short = text.slice(0, maxBytes);
  while (jsonBytes(short) > maxBytes - 3) short = short.replace(LAST_CHARACTER, '');
  return `${short}…`;
};

/** Whole, where it takes two of JavaScript's. */
const LAST_CHARACTER = /.$/su;
const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

/** report.json and then report.html. Harmless when repeated. */
export const writeReport = async (files: ReportFiles, record: MigrationRecord): Promise<void> => {
  const { forecast, ...known } = reportOf(record);
  const whole = `${JSON.stringify({ ...known, ...(forecast && { forecast }) })}\n`;
  // What was beats what might be, where a few dozen reasons leave no room for both.
  const body = Buffer.byteLength(whole) <= REPORT_MAX_BYTES ? whole : `${JSON.stringify(known)}\n`;
  if (Buffer.byteLength(body) > REPORT_MAX_BYTES) {
    throw new SumsDisagree(
      `The report of ${record.id} has ${Buffer.byteLength(body)} bytes; at most ${REPORT_MAX_BYTES} are promised.`,
    );
  }
  await files.write(reportPath(record.id), body);
  await writePage(files, record);
};

/** A step's: Settle may have ended the migration since `record` was read, and the report of how it ended is the last one. */
export const writeReportSoFar = async (
  { records, files }: { readonly records: Records; readonly files: ReportFiles },
  record: MigrationRecord,
): Promise<void> => {
  await writeReport(files, record);
  const now = await readMigration(records, record.id);
  if (now && hasEnded(now.status)) await writeReport(files, now);
};

/** What the report says that was written last; undefined where there is none, or none that can be read. */
export const reportedStatus = async (files: ReportFiles, id: string): Promise<Status | undefined> => {
  const written = await files.read(reportPath(id));
  const report = written && (jsonIn(written) as Partial<Report> | null | undefined);
  return report?.status;
};

/** After the figures: whoever sees the page finds the report beside it that it was made from. */
const writePage = async (files: ReportFiles, record: MigrationRecord): Promise<void> => {
  // Loaded here: commands that only read a report need no page.
  const [{ reportPage }, examples] = await Promise.all([import('../report/page.ts'), examplesOf(files, record.id)]);
  // The request is the record's, word for word what request.json has.
  await files.write(
    reportPagePath(record.id),
    reportPage({ report: reportOf(record), examples, request: record.request }),
  );
};
