// Copies pictures without their bytes passing through here: CopyObject, above its limit UploadPartCopy.
import type { CopyLine, CopyOutcome, CopyRoute, CopyRouteOptions, CopyTask } from '../copy.ts';
import { isLater, keptOutcome } from '../newer.ts';
import type { PictureFacts, Store, WriteGuard } from '../store.ts';
import { httpDate, storageHeaders } from './facts.ts';
import { isS3Failure, type S3Failure, saysAbsent, saysPreconditionFailed } from './failure.ts';
import { guardHeaders, isOccupied, isUntouched, lookAgain } from './guard.ts';
import { successValue } from './multipart.ts';
import { copyInParts, giveUp } from './multipart-copy.ts';
import { headObject } from './objects.ts';
import { S3Store } from './store.ts';
import { failed, pictureFailure } from './way-out.ts';

/** What S3 itself takes; tests lower it. */
const COPY_OBJECT_MAX_BYTES = 5 * 1024 ** 3;
const PART_SIZE_BYTES = 64 * 1024 * 1024;

/** Everything about one pair that stays the same for all its pictures. */
export interface Pair {
  readonly source: S3Store;
  readonly destination: S3Store;
  readonly options: CopyRouteOptions;
  readonly partSizeBytes: number;
}

export const openServerSideRoute = (source: Store, destination: Store, options: CopyRouteOptions): CopyRoute => {
  if (!(source instanceof S3Store && destination instanceof S3Store)) throw new TypeError('both stores must be on S3');
  const pair: Pair = { source, destination, options, partSizeBytes: options.partSizeBytes ?? PART_SIZE_BYTES };
  return { copy: (line, task) => copyPicture(pair, line, task) };
};

const copyPicture = async (pair: Pair, line: CopyLine, task: CopyTask): Promise<CopyOutcome> => {
  // A folder's odd bytes never come from S3, but a copy list is only a file.
  if (!line.key.isWellFormed()) return failed('notUtf8', 'S3 keys are UTF-8');
  try {
    const looked = await lookFirst(pair, line, task);
    if ('outcome' in looked) {
      if (task.upload) await giveUp(pair, task.upload);
      return looked;
    }
    const { guard } = looked;
    return line.size > (pair.options.copyObjectMaxBytes ?? COPY_OBJECT_MAX_BYTES)
      ? await copyInParts(pair, line, task, guard)
      : await copyWhole(pair, line, task, guard);
  } catch (error) {
    if (isS3Failure(error)) return pictureFailure(error, 'destination');
    throw error;
  }
};

/** What the copy is guarded by; or how it ends before anything is sent. */
const lookFirst = async (pair: Pair, line: CopyLine, task: CopyTask): Promise<CopyOutcome | { guard: WriteGuard }> => {
  try {
    const guard = await guardFor(pair, line, task);
    const key = pair.destination.fullKey(line.key);
    if (await isOccupied(pair.destination.target, key, guard)) return await judgeStanding(pair, line, guard);
    const refusal = task.onlyIfNewer && guard.kind === 'replace' ? await newerThere(pair, line, guard.was) : undefined;
    return refusal ?? { guard };
  } catch (error) {
    if (isS3Failure(error)) return pictureFailure(error, 'destination');
    throw error;
  }
};

/** A source that is gone is for the copy itself to say. */
const newerThere = async ({ source }: Pair, { key }: CopyLine, was: PictureFacts): Promise<CopyOutcome | undefined> => {
  try {
    const ours = await headObject(source.target.client, source.fullKey(key));
    return ours === undefined || isLater(ours, was) ? undefined : keptOutcome(ours, was);
  } catch (error) {
    if (isS3Failure(error)) return pictureFailure(error, 'source');
    throw error;
  }
};

/** What stands there now is what may be replaced; where it is gone, creating is all that is left to do. */
const guardFor = async ({ destination }: Pair, line: CopyLine, task: CopyTask): Promise<WriteGuard> => {
  if (task.action === 'create') return { kind: 'create' };
  const was = await headObject(destination.target.client, destination.fullKey(line.key));
  return was ? { kind: 'replace', was } : { kind: 'create' };
};

/**
 * One request a picture. What was listed is only known by size and time, so `if-unmodified-since` is what makes sure
 * that it is still the same: S3 counts seconds, and a change within the second of the listing is a change before it.
 */
const copyWhole = async (pair: Pair, line: CopyLine, task: CopyTask, guard: WriteGuard): Promise<CopyOutcome> => {
  const { destination, options } = pair;
  const operation = 'CopyObject';
  const { client } = destination.target;
  const headers = {
    'x-amz-copy-source': pair.source.copySource(line.key),
    'x-amz-copy-source-if-unmodified-since': httpDate(task.listedAt),
    'x-amz-metadata-directive': 'COPY',
    // COPY is what S3 does unasked; services without tags refuse the header.
    ...(options.tags ? {} : { 'x-amz-tagging-directive': 'REPLACE' }),
    ...storageHeaders(options),
    ...guardHeaders(destination.target, guard),
  };
  try {
    const key = destination.fullKey(line.key);
    const beforeAgain = lookAgain(destination.target, key, guard, operation);
    await client.send({ operation, method: 'PUT', key, headers, takesLong: true, beforeAgain }, (answer) =>
      successValue(client, operation, answer, 'CopyObjectResult', 'ETag'),
    );
    return copiedUnder(guard);
  } catch (error) {
    if (!isS3Failure(error)) throw error;
    return judgeCopyFailure(pair, line, guard, error);
  }
};

export const copiedUnder = (guard: WriteGuard): CopyOutcome => ({
  outcome: guard.kind === 'replace' ? 'replaced' : 'copied',
});

export const judgeCopyFailure = async (
  pair: Pair,
  line: CopyLine,
  guard: WriteGuard,
  failure: S3Failure,
): Promise<CopyOutcome> => {
  if (saysPreconditionFailed(failure)) return judgeStanding(pair, line, guard);
  if (!saysAbsent(failure)) return pictureFailure(failure, 'destination');
  if (guard.kind === 'create') return { outcome: 'goneFromSource' };
  // If-Match answers 404 too, where the destination's picture has been deleted since it was looked at.
  const { source } = pair;
  const there = await headObject(source.target.client, source.fullKey(line.key));
  return { outcome: there ? 'changedOnSource' : 'goneFromSource' };
};

/** A condition did not hold: what stands on the destination tells which one. */
export const judgeStanding = async (pair: Pair, line: CopyLine, guard: WriteGuard): Promise<CopyOutcome> => {
  const { target } = pair.destination;
  const standing = await headObject(target.client, pair.destination.fullKey(line.key));
  if (standing === undefined || isUntouched(standing, guard)) return { outcome: 'changedOnSource' };
  if (standing.size === line.size) return { outcome: 'alreadyThere' };
  const detail = `${standing.size} bytes stand on the destination, ${line.size} were listed on the source`;
  return failed(guard.kind === 'create' ? 'differentOnDestination' : 'changedOnDestination', detail);
};
