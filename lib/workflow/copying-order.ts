// The entries of a Copy item in the order in which they are copied: the same for every invocation that reads them.
import { captureOf } from '../compare/capture.ts';
import { NOTHING, plus, sameAmount } from '../compare/entry.ts';
import { compareKeys } from '../compare/key.ts';
import type { KeyPattern } from '../compare/key-pattern.ts';
import type { CopyAction, CopyLine } from '../stores/copy.ts';
import { UnreadableFile } from './errors.ts';
import { readLines } from './lines.ts';
import type { CopyItem, ShardRef } from './payloads.ts';
import type { ReportFiles } from './ports.ts';

export interface CopyEntry extends CopyLine {
  readonly finding: ShardRef['finding'];
  /** The source server's clock when its listing began, ms. */
  readonly listedAt: number;
}

/** What is different is only on a copy list where the user asked for overwriting. */
export const actionOf = ({ finding }: CopyEntry): CopyAction => (finding === 'different' ? 'replace' : 'create');

/** A key that tells no time comes last. */
export const entriesInOrder = async (
  files: ReportFiles,
  item: CopyItem,
  order: 'newest' | 'oldest',
  keyPattern: KeyPattern | undefined,
): Promise<CopyEntry[]> => {
  const entries: { entry: CopyEntry; at: number | undefined }[] = [];
  for (const { path, finding, listedAt, count, bytes } of item.shards) {
    let sum = NOTHING;
    for await (const { key, size } of readLines(files, path)) {
      sum = plus(sum, { count: 1, bytes: size });
      // At once: a list that was tampered with may go on for ever.
      if (sum.count > count) break;
      entries.push({ entry: { key, size, finding, listedAt }, at: captureOf(key, keyPattern).capturedAt });
    }
    if (!sameAmount(sum, { count, bytes })) {
      throw new UnreadableFile(
        `The list ${path} is not what was written there: it should name ${count} pictures (${bytes} bytes).`,
      );
    }
  }
  const direction = order === 'newest' ? -1 : 1;
  entries.sort((a, b) => {
    if (a.at === undefined || b.at === undefined) {
      if (a.at !== b.at) return a.at === undefined ? 1 : -1;
    } else if (a.at !== b.at) return (a.at - b.at) * direction;
    return compareKeys(a.entry.key, b.entry.key);
  });
  return entries.map(({ entry }) => entry);
};
