// A migration's report as the API shows it: figures, examples, and where its files are, with links where HTTP is served.
import { basename, dirname } from 'node:path/posix';
import { copiedRounds } from '../workflow/figures.ts';
import { filesOf, type ItemDocument, type OutcomeFile } from '../workflow/item-document.ts';
import { missingIndexPath, missingPath, reportPagePath, reportPath } from '../workflow/paths.ts';
import { examplesOf } from '../workflow/plan-files.ts';
import { itemsPrefix, type MigrationRecord, migrationPk } from '../workflow/record.ts';
import { reportOf } from '../workflow/report-of.ts';
import type { SettleHost } from '../workflow/settle.ts';
import type { Link, Links } from './ports.ts';
import { noMigration, type Refusal } from './refusal.ts';
import type { ReportView } from './resources.ts';
import { knownMigration } from './summary.ts';

export interface ReportHost extends SettleHost {
  /** Only who serves HTTP has them. */
  readonly links?: Links;
}

const FAILED_LINKS = 100;

export const reportViewOf = async (
  id: string,
  host: ReportHost,
  { links }: { readonly links: boolean },
): Promise<ReportView | Refusal> => {
  const record = await knownMigration(id, host);
  if (!record) return noMigration(id);
  const [examples, there, failed] = await Promise.all([
    examplesOf(host.files, id),
    filesThere(record, host),
    failedListsOf(record, host),
  ]);
  const { files } = host;
  const place = (path: string) => (there.has(path) ? files.where(path) : undefined);
  const places = {
    report: place(reportPath(id)),
    page: place(reportPagePath(id)),
    missing: place(missingPath(id)) ?? place(missingIndexPath(id)),
    failed: failed[0] && files.where(dirname(failed[0].path)),
  };
  return {
    report: reportOf(record),
    examples,
    places: present(places),
    ...(links && host.links ? { links: await linksTo(id, there, failed, host.links) } : {}),
  };
};

const filesThere = async ({ id }: MigrationRecord, { files }: ReportHost): Promise<ReadonlySet<string>> => {
  const paths = [reportPath(id), reportPagePath(id), missingPath(id), missingIndexPath(id)];
  const there = await Promise.all(paths.map((path) => files.has(path)));
  return new Set(paths.filter((_, at) => there[at]));
};

interface FailedList extends OutcomeFile {
  readonly round: number;
}

/** The last copying round's: earlier ones were compared and tried again. */
const failedListsOf = async (record: MigrationRecord, { records, files }: ReportHost): Promise<FailedList[]> => {
  const last = copiedRounds(record).at(-1);
  if (!last) return [];
  const { failed, changedOnSource, goneFromSource } = last.copying.outcomes;
  // Most rounds end well, and have thousands of items.
  if (failed.count + changedOnSource.count + goneFromSource.count === 0) return [];
  const lists: FailedList[] = [];
  for await (const item of records.list<ItemDocument>(migrationPk(record.id), itemsPrefix(last.round))) {
    for (const file of await filesOf(item, files)) {
      // Only what was given up half-way is in such a list; what was never begun is in none.
      if (file.outcome !== 'notTried') lists.push({ ...file, round: last.round });
    }
  }
  return lists;
};

const linksTo = async (
  id: string,
  there: ReadonlySet<string>,
  failed: readonly FailedList[],
  links: Links,
): Promise<NonNullable<ReportView['links']>> => {
  /** A browser shows pages and figures, and saves lists under a name that says whose they are. */
  const linkTo = async (path: string, shows = false): Promise<Link | undefined> =>
    there.has(path) ? links.to(path, shows ? {} : { saveAs: `${id}-${basename(path)}` }) : undefined;
  const [page, report, missing, index] = await Promise.all([
    linkTo(reportPagePath(id), true),
    linkTo(reportPath(id), true),
    linkTo(missingPath(id)),
    linkTo(missingIndexPath(id)),
  ]);
  const linked = failed.slice(0, FAILED_LINKS).map(async ({ path, round, outcome, count }) => {
    const saveAs = `${id}-round-${round}-${basename(path)}`;
    return { ...(await links.to(path, { saveAs })), round, outcome, count };
  });
  return {
    ...present({
      'report.html': page,
      'report.json': report,
      'missing.jsonl.gz': missing,
      'missing-index.json': index,
    }),
    failed: await Promise.all(linked),
    failedLists: failed.length,
  };
};

/** Without the fields that hold nothing. */
const present = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
