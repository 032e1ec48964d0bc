// Multipart uploads of a bucket in memory.
import { createHash } from 'node:crypto';
import { errorReply, type Reply, type SeenRequest } from '../scripted-s3.ts';
import { type MemoryBucket, md5Of } from './bucket.ts';
import { type BucketOf, optionsIn, refusalOf, sourceOf } from './objects.ts';

const xml = (body: string): Reply => ({ headers: { 'content-type': 'application/xml' }, body });

export const createUpload = (bucket: MemoryBucket, key: string, { headers }: SeenRequest): Reply =>
  xml(
    `<InitiateMultipartUploadResult><UploadId>${bucket.begin(key, optionsIn(headers))}</UploadId></InitiateMultipartUploadResult>`,
  );

export const uploadPart = (bucket: MemoryBucket, request: SeenRequest, bucketOf: BucketOf): Reply => {
  const { headers, query } = request;
  const upload = bucket.uploads.get(query.get('uploadId') ?? '');
  if (upload === undefined) return errorReply(404, 'NoSuchUpload');
  const number = Number(query.get('partNumber'));
  if (!(number >= 1 && number <= 10_000)) return errorReply(400, 'InvalidArgument');
  if (!('x-amz-copy-source' in headers)) {
    const promised = headers['content-md5'];
    if (promised !== undefined && createHash('md5').update(request.body).digest('base64') !== promised) {
      return errorReply(400, 'BadDigest');
    }
    const etag = md5Of(request.body);
    upload.parts.set(number, { body: request.body, etag });
    return { headers: { etag: `"${etag}"` } };
  }
  const found = sourceOf(headers, bucketOf);
  if ('reply' in found) return found.reply;
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers['x-amz-copy-source-range'] ?? '') ?? [];
  const { body } = found.object;
  if (from !== undefined && Number(to) >= body.length) return errorReply(416, 'InvalidRange');
  const part = from === undefined ? body : body.subarray(Number(from), Number(to) + 1);
  upload.parts.set(number, { body: part, etag: md5Of(part) });
  return xml(`<CopyPartResult><ETag>&quot;${md5Of(part)}&quot;</ETag></CopyPartResult>`);
};

export const completeUpload = (bucket: MemoryBucket, key: string, { headers, query, body }: SeenRequest): Reply => {
  const id = query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(id);
  if (upload === undefined) return errorReply(404, 'NoSuchUpload');
  const refusal = refusalOf(bucket, key, headers);
  if (refusal) return refusal;
  const named = [...body.toString('utf8').matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag>/g)];
  const parts = named.map(([, number, etag]) => {
    const part = upload.parts.get(Number(number));
    return part !== undefined && etag?.includes(part.etag) ? part : undefined;
  });
  if (parts.length === 0 || parts.includes(undefined)) return errorReply(400, 'InvalidPart');
  const whole = parts.filter((part) => part !== undefined);
  const etag = `${md5Of(Buffer.from(whole.map((part) => part.etag).join(''), 'hex'))}-${whole.length}`;
  bucket.put(key, Buffer.concat(whole.map((part) => part.body)), { ...upload.options, etag }, 'request');
  bucket.uploads.delete(id);
  return xml(`<CompleteMultipartUploadResult><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`);
};

export const abortUpload = (bucket: MemoryBucket, { query }: SeenRequest): Reply =>
  bucket.uploads.delete(query.get('uploadId') ?? '') ? { status: 204 } : errorReply(404, 'NoSuchUpload');
