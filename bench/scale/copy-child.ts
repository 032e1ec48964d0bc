// A child of Copy: as many pictures a second as its pace, its places and its CPU allow; commits with documents of their real size.
import { noOutcomes } from '../../lib/compare/outcomes.ts';
import { freshItem, type ItemDocument } from '../../lib/workflow/item-document.ts';
import type { Limits } from '../../lib/workflow/limits.ts';
import type { CopyItem } from '../../lib/workflow/payloads.ts';
import { itemSk, migrationPk } from '../../lib/workflow/record.ts';
import type { MigrationRequest } from '../../lib/workflow/request.ts';
import { copiesAtOnce, copyPace } from '../../lib/workflow/shares.ts';
import {
  COPY_CPU_MS,
  COPY_MS,
  FILE_BYTES_PER_MS,
  FILE_READ_MS,
  INVOKE_MS,
  LAMBDA_MS,
  RECORD_MS,
} from './assumptions.ts';
import type { TaskPlace } from './list-child.ts';
import type { Child } from './map-run.ts';
import { itemBytes, writeUnits } from './paper-host.ts';

export const copyItemOnPaper = (
  item: CopyItem,
  { options, destination }: MigrationRequest,
  limits: Limits,
  { id, round }: TaskPlace,
): { readonly child: Child; readonly document: ItemDocument } => {
  const pace = copyPace({ options, destination }, item, limits);
  const places = copiesAtOnce(options, pace, limits);
  const { writesPerSecond = Number.POSITIVE_INFINITY } = pace;
  const perSecond = Math.min((places * 1_000) / COPY_MS, 1_000 / COPY_CPU_MS, writesPerSecond);
  // One shard after the other, before the first picture.
  const reading = item.shards.reduce((sum, { gzipBytes }) => sum + FILE_READ_MS + gzipBytes / FILE_BYTES_PER_MS, 0);
  const overhead = INVOKE_MS + 4 * RECORD_MS + reading;
  const invocationsMs: number[] = [];
  for (let left = item.amount.count; left > 0; ) {
    const possible = Math.floor(((LAMBDA_MS - limits.handOnMs - overhead) * perSecond) / 1_000);
    const now = Math.min(left, possible);
    invocationsMs.push(overhead + COPY_MS + (now * 1_000) / perSecond);
    left -= now;
  }
  const ended = { position: item.amount.count, outcomes: { ...noOutcomes(), copied: item.amount } };
  const committed = { pk: migrationPk(id), sk: itemSk(round, item.index), commit: 2, openUntil: 0, done: true };
  const document = { ...freshItem(item), ...committed, ...ended } as ItemDocument;
  const bytes = itemBytes(document);
  // Opening it, every few seconds, and at the end.
  const commits = invocationsMs.reduce((sum, ms) => sum + 2 + Math.floor(ms / limits.commitEveryMs), 0);
  const sharing = Math.min(limits.copyChildren, item.sharing ?? 1);
  return {
    child: {
      invocationsMs,
      writeUnits: commits * writeUnits(bytes),
      biggestItemBytes: bytes,
      copyWritesPerSecond: perSecond * sharing,
    },
    document,
  };
};
