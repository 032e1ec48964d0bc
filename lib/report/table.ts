// A report as a table for terminals: every finding and outcome by name, unknown figures as such.
import { type Amount, NOTHING, plus, SIDES, type Side } from '../compare/entry.ts';
import type { Finding } from '../compare/findings.ts';
import { OUTCOMES } from '../compare/outcomes.ts';
import { amountOf, fromCompact } from '../compare/statistics.ts';
import { formatBytes, formatCount } from './format.ts';
import { printable } from './printable.ts';
import type { Report } from './report.ts';

type Row = readonly [name: string, ...cells: string[]];

/** As people read them, and in their order: what is fine, what is not, what was left out. */
const FINDING_TITLES: Readonly<Record<Finding, string>> = {
  shared: 'shared',
  different: 'different',
  missingOnDestination: 'missing on destination',
  missingOnSource: 'missing on source',
  archived: 'archived',
  settling: 'settling',
  excluded: 'excluded',
};

const ORDER = Object.keys(FINDING_TITLES) as Finding[];

/** Lines without a newline at the end. */
export const reportTable = (report: Report): string => {
  const blocks = [findingsBlock(report)];
  if (report.mode === 'sync') blocks.push(outcomesBlock(report));
  blocks.push(
    aligned([
      ['Remaining', ...cells(report.remaining)],
      ['Rounds', String(report.rounds)],
    ]),
  );
  return blocks.join('\n\n');
};

const findingsBlock = (report: Report): string => {
  const statistics = report.findings && fromCompact(report.findings);
  const amount = (finding: Finding, side: Side): Amount | undefined =>
    statistics && amountOf(statistics, finding, side);
  const row = (finding: Finding): Row => [
    `  ${FINDING_TITLES[finding]}`,
    ...SIDES.flatMap((side) => cells(amount(finding, side), isOneSided(finding, side))),
  ];
  const listed = (side: Side): Amount | undefined =>
    statistics && ORDER.map((finding) => amountOf(statistics, finding, side)).reduce(plus, NOTHING);
  return aligned([
    ['Findings', 'source', '', 'destination', ''],
    ...ORDER.map(row),
    ['  listed', ...SIDES.flatMap((side) => cells(listed(side)))],
  ]);
};

/** Where a finding says by its name that a side has nothing, a figure there would only be noise. */
const isOneSided = (finding: Finding, side: Side): boolean =>
  side === 'source'
    ? finding === 'missingOnSource'
    : finding === 'missingOnDestination' || finding === 'archived' || finding === 'settling';

const outcomesBlock = (report: Report): string =>
  aligned([
    ['Outcomes'],
    ...OUTCOMES.map((outcome): Row => [`  ${spaced(outcome)}`, ...cells(report.outcomes[outcome])]),
    ...Object.entries(report.reasons).map(([reason, count]): Row => [`    ${reason}`, formatCount(count)]),
  ]);

/** `alreadyThere` -> `already there`. */
export const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const cells = (amount: Amount | undefined, none = false): [string, string] => {
  if (none && (amount === undefined || amount.count === 0)) return ['-', ''];
  return amount === undefined ? ['not known', ''] : [formatCount(amount.count), formatBytes(amount.bytes)];
};

/** Names to the left, figures to the right. A report from elsewhere may say anything. */
const aligned = (raw: readonly Row[]): string => {
  const rows = raw.map((row) => row.map(printable));
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map(([name, ...rest]) => [name!.padEnd(widths[0]!), ...rest.map((cell, i) => cell.padStart(widths[i + 1]!))])
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
};
