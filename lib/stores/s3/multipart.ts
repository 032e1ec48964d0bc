// Multipart uploads: begun, filled part by part, completed under a guard or given up.
import { createHash } from 'node:crypto';
import type { S3Answer, S3Client } from './client.ts';
import { storedMd5 } from './facts.ts';
import { failureIn, isS3Failure, S3Failure, senseless } from './failure.ts';
import type { Part } from './parts.ts';
import { encodeEntities, isWhole, rootOf, textOf } from './xml.ts';

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
}

export const createUpload = (client: S3Client, key: string, headers: Record<string, string>): Promise<string> => {
  const operation = 'CreateMultipartUpload';
  return client.send({ operation, method: 'POST', key, query: { uploads: '' }, headers }, (answer) =>
    // Some services name the document otherwise; an id is all that is asked of it.
    successValue(client, operation, answer, undefined, 'UploadId'),
  );
};

/** The part's ETag. */
export const uploadPart = async (
  client: S3Client,
  upload: Upload,
  { number, bytes, md5 }: Pick<Part, 'number' | 'bytes' | 'md5'>,
  giveUp?: AbortSignal,
) => {
  const operation = 'UploadPart';
  return client.send(
    {
      operation,
      method: 'PUT',
      key: upload.key,
      query: { partNumber: String(number), uploadId: upload.uploadId },
      headers: { 'content-md5': md5 },
      body: bytes,
      isPicture: true,
      giveUp,
      takesLong: true,
    },
    (answer) => {
      const stored = storedMd5(answer.headers);
      const isOther = stored !== undefined && Buffer.from(stored, 'hex').toString('base64') !== md5;
      if (isOther) throw storedOther(client, operation, stored, answer.status);
      return etagIn(client, operation, answer);
    },
  );
};

/** Sent again it may be stored as it is: a part may be replaced as often as one likes. */
const storedOther = (client: S3Client, operation: string, stored: string, status: number): S3Failure => {
  const message = `the service stored other bytes than were sent, of the MD5 ${stored}`;
  return new S3Failure({
    operation,
    bucket: client.address.bucket,
    status,
    code: 'BadDigest',
    message,
    transient: true,
  });
};

/** Of what has no document: without an ETag, whoever answered has stored nothing. */
export const etagIn = (client: S3Client, operation: string, { status, headers }: S3Answer): string => {
  const etag = unquote(headers.etag ?? '');
  if (etag === '') throw senseless('no ETag', status, operation, client.address.bucket);
  return etag;
};

/** The part's ETag; `headers` name the source and what must hold of it. */
export const uploadPartCopy = (
  client: S3Client,
  upload: Upload,
  partNumber: number,
  headers: Record<string, string>,
): Promise<string> => {
  const operation = 'UploadPartCopy';
  const query = { partNumber: String(partNumber), uploadId: upload.uploadId };
  return client.send({ operation, method: 'PUT', key: upload.key, query, headers, takesLong: true }, (answer) =>
    successValue(client, operation, answer, 'CopyPartResult', 'ETag'),
  );
};

/** The new object's ETag. */
export const completeUpload = (
  client: S3Client,
  upload: Upload,
  etags: readonly string[],
  guard: Record<string, string>,
  beforeAgain: () => Promise<void>,
): Promise<string> => {
  const operation = 'CompleteMultipartUpload';
  const parts = etags.map(
    (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${encodeEntities(`"${etag}"`)}</ETag></Part>`,
  );
  return client.send(
    {
      operation,
      method: 'POST',
      key: upload.key,
      query: { uploadId: upload.uploadId },
      headers: { ...guard, 'content-type': 'application/xml' },
      body: Buffer.from(
        `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
      ),
      takesLong: true,
      beforeAgain,
    },
    (answer) => successValue(client, operation, answer, 'CompleteMultipartUploadResult', 'ETag'),
  );
};

/** Storage of parts costs until then. An upload that is gone already is what was wanted. */
export const abortUpload = async (client: S3Client, { key, uploadId }: Upload): Promise<void> => {
  try {
    await client.send({ operation: 'AbortMultipartUpload', method: 'DELETE', key, query: { uploadId } });
  } catch (error) {
    if (!(isS3Failure(error) && (error.code === 'NoSuchUpload' || error.status === 404))) throw error;
  }
};

/** The answer to an earlier attempt got lost: the upload may be gone because it was completed. */
export const mayBeCompleted = ({ code, attempts }: S3Failure): boolean => code === 'NoSuchUpload' && attempts > 1;

/** What the whole gets as its ETag, where the parts' are MD5s: tells our own object from somebody else's. */
export const etagOfParts = (etags: readonly string[]): string =>
  `${createHash('md5')
    .update(Buffer.from(etags.join(''), 'hex'))
    .digest('hex')}-${etags.length}`;

/** A 200 may carry an error, or nothing: only a success document with its value counts. */
export const successValue = (
  client: S3Client,
  operation: string,
  { status, body }: S3Answer,
  root: string | undefined,
  element: string,
): string => {
  const xml = body.toString('utf8');
  const { bucket } = client.address;
  const found = rootOf(xml);
  if (found === 'Error') throw failureIn(xml, status, operation, bucket);
  const value = isWhole(xml, root ?? found ?? '') ? textOf(xml, element) : undefined;
  if (!value) throw senseless(`no whole ${root ?? 'document'} with an ${element}`, status, operation, bucket);
  return unquote(value);
};

const unquote = (etag: string): string => etag.replace(/^"|"$/g, '');
