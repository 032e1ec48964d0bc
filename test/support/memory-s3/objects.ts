// GET, HEAD, PUT, CopyObject and tags of a bucket in memory.
import { createHash } from 'node:crypto';
import { encodeEntities } from '../../../lib/stores/s3/xml.ts';
import { errorReply, type Reply, type SeenRequest } from '../scripted-s3.ts';
import type { MemoryBucket, PutOptions, StoredObject } from './bucket.ts';
import { mayBeRead, mayBeWritten } from './conditions.ts';

/** Finds the bucket that a copy reads from. */
export type BucketOf = (name: string) => MemoryBucket | undefined;

const KEPT =
  /^(content-(type|encoding|disposition|language)|cache-control|expires|x-amz-website-redirect-location|x-amz-meta-.+)$/;

/** What a write's own headers say of the new object. */
export const optionsIn = (headers: Readonly<Record<string, string>>): PutOptions => {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.test(name)));
  const storageClass = headers['x-amz-storage-class'];
  const kmsKeyId = headers['x-amz-server-side-encryption-aws-kms-key-id'];
  return {
    headers: kept,
    tags: Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? '')),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  };
};

export const getObject = (bucket: MemoryBucket, key: string, { method, headers, query }: SeenRequest): Reply => {
  const object = bucket.objects.get(key);
  if (object === undefined) return method === 'HEAD' ? { status: 404 } : errorReply(404, 'NoSuchKey');
  if (query.has('tagging')) return { body: tagging(object) };
  if (!mayBeRead(object, headers)) return errorReply(412, 'PreconditionFailed');
  if (method === 'GET' && bucket.isArchived(object)) return errorReply(403, 'InvalidObjectState');
  const told: Record<string, string> = {
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
    ...object.headers,
    ...(object.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': object.storageClass }),
    ...encryptionOf(object),
    ...(headers['x-amz-checksum-mode'] === 'ENABLED' ? checksumsOf(object) : {}),
  };
  if (method === 'HEAD') return { headers: { ...told, 'content-length': String(object.body.length) } };
  return { headers: told, body: object.body };
};

const encryptionOf = ({ kmsKeyId }: StoredObject): Record<string, string> =>
  kmsKeyId === undefined ? {} : { 'x-amz-server-side-encryption': 'aws:kms' };

const checksumsOf = ({ checksums = {} }: StoredObject): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]));

const tagging = ({ tags }: StoredObject): string =>
  `<Tagging><TagSet>${Object.entries(tags)
    .map(([name, value]) => `<Tag><Key>${encodeEntities(name)}</Key><Value>${encodeEntities(value)}</Value></Tag>`)
    .join('')}</TagSet></Tagging>`;

export const putObject = (bucket: MemoryBucket, key: string, { headers, body }: SeenRequest): Reply => {
  const promised = headers['content-md5'];
  if (promised !== undefined && createHash('md5').update(body).digest('base64') !== promised) {
    return errorReply(400, 'BadDigest');
  }
  const refusal = refusalOf(bucket, key, headers);
  if (refusal) return refusal;
  const put = bucket.put(key, body, optionsIn(headers), 'request');
  return { headers: { etag: `"${put.etag}"`, ...encryptionOf(put) } };
};

export const refusalOf = (
  bucket: MemoryBucket,
  key: string,
  headers: Readonly<Record<string, string>>,
): Reply | undefined => {
  const judged = mayBeWritten(bucket.objects.get(key), headers);
  if (judged === 'preconditionFailed') return errorReply(412, 'PreconditionFailed');
  return judged === 'noSuchKey' ? errorReply(404, 'NoSuchKey') : undefined;
};

/** What a copy reads, or why it may not. */
export const sourceOf = (
  headers: Readonly<Record<string, string>>,
  bucketOf: BucketOf,
): { readonly object: StoredObject } | { readonly reply: Reply } => {
  const [, name = '', encoded = ''] = /^\/?([^/]+)\/(.*)$/s.exec(headers['x-amz-copy-source'] ?? '') ?? [];
  const bucket = bucketOf(name);
  const object = bucket?.objects.get(decodeURIComponent(encoded));
  if (bucket === undefined || object === undefined) return { reply: errorReply(404, 'NoSuchKey') };
  if (!mayBeRead(object, headers, 'x-amz-copy-source-')) return { reply: errorReply(412, 'PreconditionFailed') };
  if (bucket.isArchived(object)) return { reply: errorReply(403, 'InvalidObjectState') };
  return { object };
};

export const copyObject = (
  bucket: MemoryBucket,
  key: string,
  { headers }: SeenRequest,
  bucketOf: BucketOf,
  maxBytes: number,
): Reply => {
  const refusal = refusalOf(bucket, key, headers);
  if (refusal) return refusal;
  const found = sourceOf(headers, bucketOf);
  if ('reply' in found) return found.reply;
  const { object } = found;
  if (object.body.length > maxBytes) return errorReply(400, 'InvalidRequest');
  const asked = optionsIn(headers);
  const tags = headers['x-amz-tagging-directive'] === 'REPLACE' ? (asked.tags ?? {}) : object.tags;
  const copied = bucket.put(key, object.body, { ...asked, headers: object.headers, tags }, 'request');
  return {
    headers: { 'content-type': 'application/xml' },
    body: `<CopyObjectResult><LastModified>${new Date(copied.modifiedAt).toISOString()}</LastModified><ETag>&quot;${copied.etag}&quot;</ETag></CopyObjectResult>`,
  };
};
