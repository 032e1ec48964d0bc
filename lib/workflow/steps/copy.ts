// Copy: copies the entries of its item, with bounded concurrency; one picture's failure is data, not an error.

import type { CopyRoute } from '../../stores/copy.ts';
import { openRoute } from '../../stores/route.ts';
import { usdOfAttempt } from '../budget.ts';
import { CopyRun } from '../copy-run.ts';
import { entriesInOrder } from '../copying-order.ts';
import { UnreadableFile } from '../errors.ts';
import { beginInvocation, CommitLog } from '../invocation.ts';
import { freshItem, type ItemDocument, type Uploads } from '../item-document.ts';
import type { CopyInput, CopyItem, Progress } from '../payloads.ts';
import { isCopyItem, readUploads } from '../plan-files.ts';
import { itemSk, type MigrationRecord } from '../record.ts';
import { keyPatternOf } from '../rules.ts';
import { copiesAtOnce, copyPace } from '../shares.ts';
import { Spending } from '../spending.ts';
import { termsOf } from '../terms.ts';
import type { RunStep, StepContext } from './context.ts';

export const copy: RunStep<CopyInput, Progress> = async ({ migrationId, round, item }, context) => {
  // Step Functions read it from a file.
  if (!isCopyItem(item))
    throw new UnreadableFile(`An item of round ${round}'s copy plan is not what was written there.`);
  const record = await beginInvocation(context, migrationId);
  const log = await CommitLog.open<ItemDocument>(context, migrationId, itemSk(round, item.index), freshItem(item));
  if (log.document.done) return { done: true };
  try {
    return await copyItem(record, item, log, { migrationId, round }, context);
  } catch (error) {
    await log.abandon(error as Error);
    throw error;
  }
};

const copyItem = async (
  record: MigrationRecord,
  item: CopyItem,
  log: CommitLog<ItemDocument>,
  place: { readonly migrationId: string; readonly round: number },
  context: StepContext,
): Promise<Progress> => {
  const { options } = record.request;
  const { position, uploadsPath } = log.document;
  const pace = copyPace(record.request, item, context.limits);
  context.pace.limit(pace);
  const [route, entries, uploads] = await Promise.all([
    routeFor(record, context),
    entriesInOrder(context.files, item, options.order, keyPatternOf(record.request)),
    uploadsPath ? readUploads(context.files, uploadsPath) : ({} as Uploads),
  ]);
  const onlyIfNewer = options.onDifferent === 'newer';
  const asked = copiesAtOnce(options, pace, context.limits);
  const spending = spendingOf(record, item, log.document, asked, context);
  const parts = { log, context, route, entries, uploads, onlyIfNewer, ...place, item: item.index };
  const run = new CopyRun({ ...parts, ...(spending && { spending }) });
  await run.copyFrom(position, Math.min(asked, log.document.atOnce ?? asked));
  return { done: run.stopped || log.document.done };
};

const spendingOf = (
  { request, sameService = false }: MigrationRecord,
  { budgetUsd }: CopyItem,
  { chargedUsd = 0 }: ItemDocument,
  atOnce: number,
  { billing, limits }: StepContext,
): Spending | undefined => {
  if (budgetUsd === undefined) return undefined;
  const terms = termsOf(request, sameService, billing, limits);
  return new Spending({ budgetUsd, chargedUsd, usdOf: (sizeBytes) => usdOfAttempt(terms, sizeBytes, atOnce) });
};

const routeFor = async ({ request, sameService }: MigrationRecord, context: StepContext): Promise<CopyRoute> => {
  const [source, destination] = await Promise.all([
    context.openStore(request.source, 'source'),
    context.openStore(request.destination, 'destination'),
  ]);
  const { storageClass, sseKmsKeyId, tags } = request.options;
  return openRoute(source, destination, {
    tags,
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(sseKmsKeyId === undefined ? {} : { sseKmsKeyId }),
    sameService: sameService ?? false,
    memory: context.memory,
    pace: context.pace,
    copyObjectMaxBytes: context.limits.copyObjectMaxBytes,
    partSizeBytes: context.limits.partSizeBytes,
  });
};
