// What a migration's end means, in sentences: the verdict and the warnings, the same in a terminal and on the page. Pure.
import type { Side } from '../compare/entry.ts';
import { formatBytes, formatLimitUsd, formatMoment, pictures } from './format.ts';
import type { Report } from './report.ts';
import type { Figure, Result } from './result.ts';

/** As a request says it: lib/workflow/request.ts. */
type OnDifferent = 'keep' | 'overwrite' | 'newer';

const amount = ({ count, bytes }: Figure): string => `${pictures(count ?? 0)} (${formatBytes(bytes ?? 0)})`;
const some = ({ count }: Figure): boolean => count !== null && count > 0;

const verb = ({ count }: Figure, one: string, more: string): string => (count === 1 ? one : more);
const are = (figure: Figure): string => verb(figure, 'is', 'are');

/** The first line of a result. Never "nothing missing" where that was not seen. */
export const verdictOf = (report: Report, result: Result): string => {
  const asOf = report.asOf ? ` as of ${formatMoment(report.asOf)}` : '';
  if (report.status === 'running' || report.status === 'stopping') {
    return `Migration ${report.id} is ${report.status}${asOf && `; its figures are${asOf}`}.`;
  }
  if (report.status !== 'done') return `${endOf(report)} ${knownOf(result, asOf)}`;
  return report.mode === 'check' ? checkVerdict(result, asOf) : syncVerdict(result, asOf);
};

const endOf = ({ status, cause, message }: Report): string => {
  if (status === 'cancelled') return 'The migration was cancelled.';
  return `The migration failed${cause ? ` (${cause})` : ''}${message ? `: ${withStop(message)}` : '.'}`;
};

const withStop = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`);

/** Copies made since that comparison are told beside it: only another comparison can say what remains now. */
const knownOf = ({ remaining, outcomes: { copied, replaced } }: Result, asOf: string): string => {
  if (remaining.count === null) return 'No comparison was completed: what is missing is not known.';
  const known = remaining.count === 0 ? `Nothing was missing${asOf}.` : `${amount(remaining)} remained${asOf}.`;
  const total = copied.count + replaced.count;
  return total === 0 ? known : `${known} ${pictures(total)} copied in all.`;
};

const checkVerdict = ({ findings }: Result, asOf: string): string => {
  const { missingOnDestination: missing, different, archived, settling } = findings;
  const also = [
    some(different.source) && `${amount(different.source)} ${verb(different.source, 'differs', 'differ')}`,
    some(archived.source) && `${amount(archived.source)} ${are(archived.source)} archived and cannot be copied now`,
    some(settling.source) && `${amount(settling.source)} ${are(settling.source)} too young to judge`,
  ].filter((text) => text !== false);
  // What is archived or too young is not on the destination either: "nothing missing" alone would be a lie.
  const nothing = some(archived.source) || some(settling.source) ? 'Nothing that can be copied now is' : 'Nothing';
  const first = `${some(missing.source) ? amount(missing.source) : nothing} missing on the destination${asOf}`;
  return `${[first, ...also].join('; ')}.`;
};

const syncVerdict = ({ remaining, outcomes, findings: { settling, archived } }: Result, asOf: string): string => {
  const untried = outcomes.failed.count + outcomes.notTried.count;
  if (remaining.count === 0 && untried === 0) return `Nothing missing${asOf}.`;
  const parts = [
    remaining.count === null ? 'What remains is not known' : `${amount(remaining)} remaining${asOf}`,
    some(settling.source) && `${amount(settling.source)} ${verb(settling.source, 'was', 'were')} too young to judge`,
    some(archived.source) &&
      `${amount(archived.source)} ${verb(archived.source, 'was', 'were')} archived and could not be copied`,
    some(outcomes.failed) && `${amount(outcomes.failed)} failed`,
    some(outcomes.notTried) && `${amount(outcomes.notTried)} not tried`,
  ];
  return `${parts.filter((part) => part !== false).join('; ')}.`;
};

const costWarnings = ({ mode, reasons, forecast }: Report, maxCostUsd: number | undefined): string[] => {
  const beyond = reasons.budget ?? 0;
  if (beyond > 0) {
    const nothing = beyond === forecast?.copyList.count ? ' Comparing alone may have cost as much.' : '';
    return [
      `--max-cost was reached: ${pictures(beyond)} ${beyond === 1 ? 'was' : 'were'} not copied.${nothing} A new sync of this pair with a higher one copies the rest.`,
    ];
  }
  if (maxCostUsd === undefined || forecast === undefined || forecast.copyList.count === 0) return [];
  if (forecast.usd.total === 0)
    return [
      '--max-cost limits nothing here: by the table of prices none of this costs anything. Prices of a service other than AWS go into picferry.json (prices.elsewhere).',
    ];
  if (mode === 'check' && forecast.usd.total > maxCostUsd)
    return [
      `That is more than --max-cost allows (${formatLimitUsd(maxCostUsd)} USD): a sync would leave some of them.`,
    ];
  return [];
};

/** undefined where no comparison was completed. */
const listedOn = (findings: Result['findings'], side: Side): number | undefined =>
  Object.values(findings).reduce<number | undefined>(
    (sum, { [side]: { count } }) => (sum === undefined || count === null ? undefined : sum + count),
    0,
  );

/** What somebody should know although it is no failure. */
export const warningsOf = (
  report: Report,
  result: Result,
  onDifferent: OnDifferent,
  maxCostUsd?: number | undefined,
): string[] => {
  const warnings: string[] = [];
  const { findings, outcomes, contentUnknown } = result;
  if (report.status === 'done' && report.message) warnings.push(`Copying broke off: ${withStop(report.message)}`);
  // By the latest comparison: a picture that grew after it was copied was missing in the first one.
  const kept = report.kept ?? findings.different.source;
  if (report.mode === 'sync' && onDifferent === 'keep' && some(kept)) {
    warnings.push(
      `${amount(kept)} ${verb(kept, 'differs on the destination and was kept as it is', 'differ on the destination and were kept as they are')}; --on-different overwrite or newer would replace what differs.`,
    );
  }
  if (report.mode === 'sync' && onDifferent === 'newer' && some(findings.different.source)) {
    warnings.push(
      `${amount(findings.different.source)} ${verb(findings.different.source, 'differs', 'differ')} on the destination; what is not newer on the source was kept as it is.`,
    );
  }
  if (listedOn(findings, 'source') === 0 && listedOn(findings, 'destination') !== 0) {
    warnings.push(
      'The source is empty. If that is unexpected, look whether its disk is mounted or its prefix is right.',
    );
  }
  if (some(findings.excluded.source) && listedOn(findings, 'source') === findings.excluded.source.count) {
    warnings.push(
      'The filters left out every picture of the source: nothing was compared. Globs with a "/" match the whole key.',
    );
  }
  if (some(outcomes.changedOnSource)) {
    warnings.push(
      `${amount(outcomes.changedOnSource)} changed on the source during the copying, and ${verb(outcomes.changedOnSource, 'its copy was', 'their copies were')} not kept.`,
    );
  }
  warnings.push(...costWarnings(report, maxCostUsd));
  if (some(contentUnknown)) {
    warnings.push(
      `${amount(contentUnknown)} ${are(contentUnknown)} on both sides with the same size, but the content could not be compared.`,
    );
  }
  if (
    report.mode === 'sync' &&
    report.createOnly === 'headFirst' &&
    outcomes.copied.count + outcomes.replaced.count > 0
  ) {
    warnings.push(
      'The destination was asked before each copy whether the name is free, because this service may ignore "create only": ' +
        'what another program writes under the same name in that very moment could be overwritten.',
    );
  }
  return warnings;
};
