// The files an item keeps of what people want to see by name: one for each outcome and finding, between two commits.
import type { CopyEntry } from './copying-order.ts';
import type { ItemDocument, OutcomeFile } from './item-document.ts';
import { gzipLines, writeJson } from './lines.ts';
import { failedListPath, failedPath } from './paths.ts';
import type { StepContext } from './steps/context.ts';

/** About 250 bytes each in a document of at most 300 KB. */
const FILES_IN_DOCUMENT = 400;

export interface OutcomePlace {
  readonly migrationId: string;
  readonly round: number;
  readonly item: number;
  /** The commit before: names the files. */
  readonly commit: number;
}

export interface Listed {
  readonly entry: CopyEntry;
  readonly end: { readonly outcome: OutcomeFile['outcome']; readonly reason?: string; readonly detail?: string };
}

const lineOf = ({ entry: { key, size }, end: { outcome, reason, detail } }: Listed) => ({
  key,
  size,
  reason: reason ?? outcome,
  ...(detail === undefined ? {} : { detail }),
});

/** Apart by finding, so that a later migration can copy from them again. */
export const writeOutcomeFiles = async (
  listed: readonly Listed[],
  { migrationId, round, item, commit }: OutcomePlace,
  context: StepContext,
): Promise<OutcomeFile[]> => {
  const groups = Object.entries(Object.groupBy(listed, ({ entry, end }) => `${end.outcome}-${entry.finding}`));
  const files: OutcomeFile[] = [];
  for (const [name, group = []] of groups) {
    const path = failedPath(migrationId, round, item, context.attempt, commit, name);
    const body = await gzipLines(group, lineOf);
    await context.files.write(path, body);
    const [first] = group;
    files.push({
      path,
      outcome: first!.end.outcome,
      finding: first!.entry.finding,
      count: group.length,
      bytes: group.reduce((sum, { entry }) => sum + entry.size, 0),
      listedAt: Math.min(...group.map(({ entry }) => entry.listedAt)),
      gzipBytes: body.length,
    });
  }
  return files;
};

/** A picture that fails every second for a whole day makes as many files as there were commits. */
export const withFiles = async (
  before: ItemDocument,
  added: readonly OutcomeFile[],
  { migrationId, round, item, commit }: OutcomePlace,
  context: StepContext,
): Promise<Pick<ItemDocument, 'files'> & Partial<Pick<ItemDocument, 'fileLists'>>> => {
  const files = [...before.files, ...added];
  if (files.length <= FILES_IN_DOCUMENT) return { files };
  const path = failedListPath(migrationId, round, item, context.attempt, commit);
  await writeJson(context.files, path, files);
  return { files: [], fileLists: [...before.fileLists, path] };
};
