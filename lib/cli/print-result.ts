// Prints a migration's end: one object on stdout for programs, or the verdict, the table and the places for people.
import type { MigrationDetail, Places, ReportView } from '../api/resources.ts';
import { forecastText } from '../report/forecast.ts';
import { pictures } from '../report/format.ts';
import { printable } from '../report/printable.ts';
import { type Result, resultOf } from '../report/result.ts';
import { verdictOf, warningsOf } from '../report/sentences.ts';
import { reportTable } from '../report/table.ts';
import { exitOf } from './exit.ts';
import { quoted } from './quoted.ts';
import type { Service } from './service.ts';

/** How many keys of one reason are named; the lists have all. */
const NAMED = 5;

/** The exit code of whoever waited for it. */
export const printEnd = async (service: Service, id: string, json: boolean): Promise<number> => {
  const [detail, view] = await Promise.all([service.migration(id), service.report(id)]);
  printResult(detail, view, { json, flags: service.flags });
  return exitOf(detail.mode, resultOf(view.report, detail.report));
};

export const printResult = (
  { request, report: reportPlace }: MigrationDetail,
  view: ReportView,
  { json, flags }: { readonly json: boolean; readonly flags: string },
): void => {
  const result = resultOf(view.report, reportPlace);
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : textOf(view, result, flags));
  const { onDifferent, maxCostUsd } = request.options;
  for (const warning of warningsOf(view.report, result, onDifferent, maxCostUsd)) {
    process.stderr.write(`warning: ${printable(warning)}\n`);
  }
};

const textOf = (view: ReportView, result: Result, flags: string): string => {
  const { report, places } = view;
  const blocks = [
    printable(verdictOf(report, result)),
    reportTable(report),
    report.mode === 'check' && report.forecast && report.forecast.copyList.count > 0
      ? printable(forecastText(report.forecast))
      : '',
    failuresOf(view, flags),
    placesText(places),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

/** The first ones by name, so that most people need not open a list. */
const failuresOf = ({ report, examples, places }: ReportView, flags: string): string => {
  const reasons = Object.entries(report.reasons);
  if (reasons.length === 0) return '';
  const lines = reasons.flatMap(([reason, count]) => {
    // A server chose the names: `toString` would be found in every object.
    const keys = (Object.hasOwn(examples, reason) ? (examples[reason] ?? []) : []).slice(0, NAMED);
    const more = count > keys.length && keys.length > 0 ? [`    … and ${pictures(count - keys.length)} more`] : [];
    return [`  ${printable(reason)}: ${pictures(count)}`, ...keys.map((key) => `    ${printable(key)}`), ...more];
  });
  // What was not tried has no list of its own: it is what is left of the copy list.
  if (report.outcomes.failed.count > 0 && places.failed !== undefined) {
    lines.push(`  all that failed: ${printable(places.failed)}`);
  }
  // Its limit would be taken over, too.
  if (reasons.every(([reason]) => reason === 'budget')) return ['Not copied', ...lines].join('\n');
  const again = `picferry sync --from ${quoted(report.id)} --only failed${flags}`;
  return ['Not copied', ...lines, `  to try them again: ${printable(again)}`].join('\n');
};

export const placesText = ({ report, page, missing }: Places): string =>
  [
    ['Report', report],
    ['Page', page],
    ['Was missing', missing],
  ]
    .filter(([, place]) => place !== undefined)
    .map(([title, place]) => `${`${title}:`.padEnd(14)}${printable(place ?? '')}`)
    .join('\n');
