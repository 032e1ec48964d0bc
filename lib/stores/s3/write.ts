// Writes a picture that streams in: whole up to one part's size, in parts above; hashed while it passes.
import { createHash } from 'node:crypto';
import { STORED_DAMAGED } from '../copy.ts';
import { partSizeFor } from '../part-size.ts';
import type { MemoryBudget, OpenPicture, WriteGuard, WriteOptions, WriteResult } from '../store.ts';
import { discard } from './body.ts';
import { completeGuarded } from './complete.ts';
import { headersFor, storedMd5 } from './facts.ts';
import { isS3Failure, type S3Failure, saysAbsent, saysPreconditionFailed } from './failure.ts';
import { guardHeaders, isOccupied, lookAgain, type Target } from './guard.ts';
import { abortUpload, createUpload, etagIn, type Upload, uploadPart } from './multipart.ts';
import { headObject } from './objects.ts';
import { type Part, Passed, partsOf } from './parts.ts';
import { failed, pictureFailure } from './way-out.ts';

const PARTS_AT_ONCE = 3;

export interface Writing {
  readonly target: Target;
  /** With the store's prefix. */
  readonly key: string;
  readonly picture: OpenPicture;
  readonly guard: WriteGuard;
  readonly options: WriteOptions;
  readonly memory: MemoryBudget;
  readonly partSizeBytes: number;
}

/** Throws what the body throws (its reader knows what that means), after having cleaned up. */
export const writePicture = async (writing: Writing): Promise<WriteResult> => {
  const { target, key, picture, guard, partSizeBytes } = writing;
  // A body that is given up half way ends with an error nobody waits for.
  picture.body.on('error', () => {});
  try {
    if (!key.isWellFormed()) return failed('notUtf8', 'S3 keys are UTF-8');
    if (await isOccupied(target, key, guard)) return { outcome: 'occupied' };
    return picture.facts.size <= partSizeBytes ? await putWhole(writing) : await putInParts(writing);
  } catch (error) {
    if (!isS3Failure(error)) throw error;
    return saysOccupied(error) ? { outcome: 'occupied' } : pictureFailure(error, 'destination');
  } finally {
    discard(picture.body);
  }
};

/** What If-Match asks for may also have been deleted: then S3 answers 404. */
const saysOccupied = (failure: S3Failure): boolean => saysPreconditionFailed(failure) || saysAbsent(failure);

const putWhole = async (writing: Writing): Promise<WriteResult> => {
  const { picture, memory } = writing;
  const passed = new Passed();
  let whole: Part | undefined;
  try {
    for await (const part of partsOf(picture, picture.facts.size, passed, memory)) whole = part;
    const refusal = await refusalOf(picture, passed);
    if (refusal) return refusal;
    const put = await putBytes(writing, writing.guard, whole);
    return isAsSent(put, passed) ? { outcome: 'written' } : await mendStored(writing, put, whole, passed);
  } finally {
    whole?.release();
  }
};

const putBytes = async ({ target, key, picture, options }: Writing, guard: WriteGuard, whole: Part | undefined) => {
  const operation = 'PutObject';
  return target.client.send(
    {
      operation,
      method: 'PUT',
      key,
      headers: {
        ...headersFor(picture.facts, options),
        ...guardHeaders(target, guard),
        'content-md5': whole?.md5 ?? EMPTY_MD5,
      },
      body: whole?.bytes ?? Buffer.alloc(0),
      isPicture: true,
      giveUp: options.giveUp,
      takesLong: true,
      beforeAgain: lookAgain(target, key, guard, operation),
    },
    (answer) => ({ etag: etagIn(target.client, operation, answer), md5: storedMd5(answer.headers) }),
  );
};

type Put = Awaited<ReturnType<typeof putBytes>>;

const isAsSent = ({ md5 }: Put, passed: Passed): boolean => md5 === undefined || md5 === passed.md5();

/** Other bytes stand there than were sent. They are ours: exactly they may be replaced, once. Nothing deletes them. */
const mendStored = async (
  writing: Writing,
  put: Put,
  whole: Part | undefined,
  passed: Passed,
): Promise<WriteResult> => {
  const was = await headObject(writing.target.client, writing.key);
  const isOurs = was?.etag === put.etag;
  if (isOurs && isAsSent(await putBytes(writing, { kind: 'replace', was }, whole), passed))
    return { outcome: 'written' };
  return failed(STORED_DAMAGED, `other bytes were stored than were sent (MD5 ${put.md5} instead of ${passed.md5()})`);
};

const EMPTY_MD5 = createHash('md5').digest('base64');

const putInParts = async (writing: Writing): Promise<WriteResult> => {
  const { target, key, picture, options } = writing;
  const upload = { key, uploadId: await createUpload(target.client, key, headersFor(picture.facts, options)) };
  let result: WriteResult | undefined;
  try {
    await options.onUpload?.(upload.uploadId);
    result = await fillAndComplete(writing, upload);
    return result;
  } finally {
    // What cannot be given back now is for the bucket's lifecycle rule; the error that led here matters more.
    if (result?.outcome !== 'written') await abortUpload(target.client, upload).catch(() => {});
  }
};

const fillAndComplete = async (writing: Writing, upload: Upload): Promise<WriteResult> => {
  const { target, picture, guard } = writing;
  const passed = new Passed();
  const etags = await uploadParts(writing, upload, passed);
  const refusal = await refusalOf(picture, passed);
  if (refusal) return refusal;
  const completed = await completeGuarded(target, upload, etags, guard);
  return { outcome: completed === 'completed' ? 'written' : 'occupied' };
};

const uploadParts = async (writing: Writing, upload: Upload, passed: Passed): Promise<string[]> => {
  const { target, picture, memory } = writing;
  const partSizeBytes = partSizeFor(picture.facts.size, writing.partSizeBytes);
  const uploads: Promise<string>[] = [];
  try {
    for await (const part of partsOf(picture, partSizeBytes, passed, memory)) {
      const sent = uploadPart(target.client, upload, part, writing.options.giveUp).finally(part.release);
      // Awaited below, or after an error of another part: never unhandled in between.
      sent.catch(() => {});
      uploads.push(sent);
      await uploads[uploads.length - PARTS_AT_ONCE];
    }
    return await Promise.all(uploads);
  } finally {
    // An upload must not be aborted while parts of it are still travelling.
    await Promise.allSettled(uploads);
  }
};

/** Looked at before anything appears under the key: what changed or does not match keeps nothing. */
const refusalOf = async (picture: OpenPicture, passed: Passed): Promise<WriteResult | undefined> => {
  const { facts } = picture;
  if (!(await picture.unchanged())) return { outcome: 'changedOnSource' };
  if (passed.bytes !== facts.size) {
    return failed('corrupted', `${passed.bytes} bytes or more arrived instead of ${facts.size}`);
  }
  const md5 = passed.md5();
  if (facts.md5 !== undefined && facts.md5 !== md5) {
    return failed('corrupted', `the MD5 of what arrived is ${md5}, the source says ${facts.md5}`);
  }
  const damage = picture.damage?.();
  return damage === undefined ? undefined : failed('corrupted', damage);
};
