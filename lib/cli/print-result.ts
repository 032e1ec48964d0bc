// Prints a migration's end: one object on stdout for programs, or the verdict, the table and the places for people.

import { pictures } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import { type Result, resultOf } from '../report/result.ts';
import { reportTable } from '../report/table.ts';
import { copiedRounds } from '../workflow/figures.ts';
import type { Examples } from '../workflow/invocation.ts';
import { readJson } from '../workflow/lines.ts';
import { examplesPath, missingIndexPath, missingPath, reportPath } from '../workflow/paths.ts';
import type { ReportFiles } from '../workflow/ports.ts';
import type { MigrationRecord } from '../workflow/record.ts';
import { reportOf } from '../workflow/report-of.ts';
import { printable } from './printable.ts';
import { verdictOf, warningsOf } from './sentences.ts';

export const resultOfRecord = (record: MigrationRecord, files: ReportFiles): Result =>
  resultOf(reportOf(record), files.where(reportPath(record.id)));

/** How many keys of one reason are named; the lists have all. */
const NAMED = 5;

export const printResult = async (
  record: MigrationRecord,
  files: ReportFiles,
  { json, warnings }: { readonly json: boolean; readonly warnings: boolean },
): Promise<void> => {
  const report = reportOf(record);
  const result = resultOf(report, files.where(reportPath(record.id)));
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(await textOf(record, report, result, files));
  if (warnings) {
    for (const warning of warningsOf(report, result, record.request.options.onDifferent)) {
      process.stderr.write(`warning: ${warning}\n`);
    }
  }
};

const textOf = async (record: MigrationRecord, report: Report, result: Result, files: ReportFiles): Promise<string> => {
  const blocks = [
    printable(verdictOf(report, result)),
    reportTable(report),
    await failuresOf(record, report, files),
    await placesOf(record, files),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

/** The first ones by name, so that most people need not open a list. */
const failuresOf = async (record: MigrationRecord, report: Report, files: ReportFiles): Promise<string> => {
  const reasons = Object.entries(report.reasons);
  if (reasons.length === 0) return '';
  const examples = (await files.read(examplesPath(record.id)))
    ? await readJson<Examples>(files, examplesPath(record.id))
    : {};
  const lines = reasons.flatMap(([reason, count]) => {
    const keys = (examples[reason] ?? []).slice(0, NAMED);
    const more = count > keys.length && keys.length > 0 ? [`    … and ${pictures(count - keys.length)} more`] : [];
    return [`  ${printable(reason)}: ${pictures(count)}`, ...keys.map((key) => `    ${printable(key)}`), ...more];
  });
  const round = copiedRounds(record).at(-1)?.round;
  // What was not tried has no list of its own: it is what is left of the copy list.
  if (report.outcomes.failed.count > 0 && round !== undefined) {
    lines.push(`  all that failed: ${files.where(`migrations/${record.id}/round-${round}/failed`)}`);
  }
  return ['Not copied', ...lines, `  to try them again: picferry sync --from ${record.id} --only failed`].join('\n');
};

export const placesOf = async (record: MigrationRecord, files: ReportFiles): Promise<string> => {
  const places = [
    ['Report', reportPath(record.id)],
    ['Was missing', missingPath(record.id)],
    ['Was missing', missingIndexPath(record.id)],
  ] as const;
  const lines: string[] = [];
  for (const [title, path] of places) {
    if (await exists(files, path)) lines.push(`${`${title}:`.padEnd(14)}${files.where(path)}`);
  }
  return lines.join('\n');
};

/** Opened, not read: a missing list may have a gigabyte. */
const exists = async (files: ReportFiles, path: string): Promise<boolean> => {
  try {
    (await files.open(path)).destroy();
    return true;
  } catch {
    return false;
  }
};
