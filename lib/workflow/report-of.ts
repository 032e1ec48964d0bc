// A migration's record as its report, and the writing of it.

import { REPORT_MAX_BYTES, type Report } from '../report/report.ts';
import { addressOf, type StoreSpec } from '../stores/spec.ts';
import { SumsDisagree } from './errors.ts';
import { asOf, comparisons, findingsOf, outcomesOf, reasonsOf, remainingOf } from './figures.ts';
import { reportPath } from './paths.ts';
import type { ReportFiles } from './ports.ts';
import type { MigrationRecord } from './record.ts';

/** A prefix may have 1,024 bytes; two of them would fill the report. request.json has them whole. */
const ADDRESS_MAX_BYTES = 300;
const MESSAGE_MAX_BYTES = 500;

export const reportOf = (record: MigrationRecord): Report => {
  const { mode, source, destination } = record.request;
  const since = asOf(record);
  const findings = findingsOf(record);
  const remaining = remainingOf(record);
  return {
    id: record.id,
    mode,
    status: record.status,
    ...(record.cause === undefined ? {} : { cause: record.cause }),
    ...(record.message === undefined ? {} : { message: shortened(record.message, MESSAGE_MAX_BYTES) }),
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
    rounds: comparisons(record),
  };
};

const guaranteeOf = (destination: StoreSpec): Report['createOnly'] =>
  destination.type === 'folder' ? 'exclusiveLink' : destination.createOnly;

const shortened = (text: string, maxBytes: number): string => {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let short = text;
  while (Buffer.byteLength(short) > maxBytes - 3) short = short.slice(0, -1);
  return `${short}…`;
};

export const writeReport = async (files: ReportFiles, record: MigrationRecord): Promise<void> => {
  const body = `${JSON.stringify(reportOf(record))}\n`;
  if (Buffer.byteLength(body) > REPORT_MAX_BYTES) {
    throw new SumsDisagree(
      `The report of ${record.id} has ${Buffer.byteLength(body)} bytes; at most ${REPORT_MAX_BYTES} are promised.`,
    );
  }
  await files.write(reportPath(record.id), body);
};
