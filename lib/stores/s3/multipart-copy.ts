// Copies what is too large for one CopyObject in parts, and hands on between them when time is up.
import type { CopyLine, CopyOutcome, CopyTask, OpenUpload } from '../copy.ts';
import { partSizeFor } from '../part-size.ts';
import type { PictureFacts, WriteGuard } from '../store.ts';
import { completeGuarded } from './complete.ts';
import { headersFor, httpDate, isNewerThanListing } from './facts.ts';
import { isS3Failure } from './failure.ts';
import { createUpload, uploadPartCopy } from './multipart.ts';
import { headObject } from './objects.ts';
import { copiedUnder, judgeCopyFailure, judgeStanding, type Pair } from './server-side-copy.ts';
import { pictureFailure } from './way-out.ts';

const PARTS_AT_ONCE = 4;

export const copyInParts = async (
  pair: Pair,
  line: CopyLine,
  task: CopyTask,
  guard: WriteGuard,
): Promise<CopyOutcome> => {
  const facts = await listedFacts(pair, line, task);
  if ('outcome' in facts) {
    if (task.upload) await giveUp(pair, task.upload);
    return facts;
  }
  const copied = await copyParts(
    { pair, line, task, guard, facts },
    task.upload ?? (await begin(pair, line, task, facts)),
  );
  // A lifecycle rule may have removed what an earlier invocation left: once from the start.
  if (copied !== 'noSuchUpload') return copied;
  const again = await copyParts({ pair, line, task, guard, facts }, await begin(pair, line, task, facts));
  return again === 'noSuchUpload' ? { outcome: 'failed', reason: 'destinationUnavailable' } : again;
};

/** Read first: an upload gets its metadata and tags when it is created, not from the source. */
const listedFacts = async ({ source, options }: Pair, line: CopyLine, task: CopyTask) => {
  try {
    const key = source.fullKey(line.key);
    const facts = await headObject(source.target.client, key, { tags: options.tags, toCopy: true });
    if (facts === undefined) return { outcome: 'goneFromSource' } as const;
    const isListed = facts.size === line.size && !isNewerThanListing(facts, task.listedAt);
    return isListed ? facts : ({ outcome: 'changedOnSource' } as const);
  } catch (error) {
    if (isS3Failure(error)) return pictureFailure(error, 'source');
    throw error;
  }
};

const begin = async (
  { destination, options, partSizeBytes }: Pair,
  line: CopyLine,
  task: CopyTask,
  facts: PictureFacts,
): Promise<OpenUpload> => {
  const headers = headersFor(facts, options);
  const uploadId = await createUpload(destination.target.client, destination.fullKey(line.key), headers);
  const upload = { key: line.key, uploadId, partSizeBytes: partSizeFor(line.size, partSizeBytes), parts: [] };
  await task.uploads?.begun(upload);
  return upload;
};

export const giveUp = ({ destination }: Pair, { key, uploadId }: OpenUpload): Promise<void> =>
  // What cannot be given back now is for the bucket's lifecycle rule.
  destination.abandon(key, uploadId).catch(() => {});

interface Copying {
  readonly pair: Pair;
  readonly line: CopyLine;
  readonly task: CopyTask;
  readonly guard: WriteGuard;
  readonly facts: PictureFacts;
}

const copyParts = async (copying: Copying, upload: OpenUpload): Promise<CopyOutcome | 'noSuchUpload'> => {
  const { pair, line, guard } = copying;
  let ended = false;
  try {
    const parts = await fillUpTo(copying, upload);
    if (!Array.isArray(parts)) {
      ended = true;
      return parts;
    }
    const outcome = await complete(copying, upload, parts);
    ended = outcome.outcome === copiedUnder(guard).outcome;
    return outcome;
  } catch (error) {
    if (!isS3Failure(error)) throw error;
    if (error.code === 'NoSuchUpload') {
      ended = true;
      return 'noSuchUpload';
    }
    return await judgeCopyFailure(pair, line, guard, error);
  } finally {
    if (!ended) await giveUp(pair, upload);
  }
};

/** The ETags of all parts; or the upload to go on with, once time is up and at least something was done in it. */
const fillUpTo = async ({ pair, line, task, facts }: Copying, upload: OpenUpload): Promise<string[] | CopyOutcome> => {
  const { destination, source } = pair;
  const { uploadId, partSizeBytes } = upload;
  const parts = [...upload.parts];
  const count = Math.ceil(line.size / partSizeBytes);
  const copyPart = (index: number): Promise<string> =>
    uploadPartCopy(destination.target.client, { key: destination.fullKey(line.key), uploadId }, index + 1, {
      'x-amz-copy-source': source.copySource(line.key),
      'x-amz-copy-source-range': `bytes=${index * partSizeBytes}-${Math.min(line.size, (index + 1) * partSizeBytes) - 1}`,
      'x-amz-copy-source-if-unmodified-since': httpDate(task.listedAt),
      ...(facts.etag === undefined ? {} : { 'x-amz-copy-source-if-match': `"${facts.etag}"` }),
    });
  while (parts.length < count) {
    if (task.handOver?.aborted && parts.length > upload.parts.length) {
      return { outcome: 'unfinished', upload: { ...upload, parts } };
    }
    const batch = Array.from({ length: Math.min(PARTS_AT_ONCE, count - parts.length) }, (_, i) => parts.length + i);
    const copied = await Promise.allSettled(batch.map(copyPart));
    for (const part of copied) {
      if (part.status === 'rejected') throw part.reason;
      parts.push(part.value);
    }
    task.uploads?.advanced({ ...upload, parts });
  }
  return parts;
};

const complete = async (copying: Copying, upload: OpenUpload, parts: readonly string[]): Promise<CopyOutcome> => {
  const { pair, line, guard } = copying;
  const { target } = pair.destination;
  const key = pair.destination.fullKey(line.key);
  const completed = await completeGuarded(target, { key, uploadId: upload.uploadId }, parts, guard);
  return completed === 'completed' ? copiedUnder(guard) : judgeStanding(pair, line, guard);
};
