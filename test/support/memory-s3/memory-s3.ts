// A real little S3 in memory, over HTTP: it keeps S3's promises, and whatever stands around it breaks them on purpose.
import { errorReply, type Reply, type ScriptedS3, type SeenRequest, scriptedS3 } from '../scripted-s3.ts';
import { MemoryBucket } from './bucket.ts';
import { listPage } from './listing.ts';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart.ts';
import { copyObject, getObject, putObject } from './objects.ts';

/**
 * Stands around every request: `next` does what S3 would do, at that moment, and says what it would answer. Not calling it
 * keeps the request from having any effect; calling it and answering something else loses only the answer.
 */
export type Around = (request: SeenRequest, next: () => Reply, number: number) => Reply | Promise<Reply>;

export interface MemoryS3Options {
  /** Keys on a page of a listing. */
  readonly pageSize?: number;
  /** ms since 1970: dates objects and answers. */
  readonly now?: () => number;
  /** As MinIO and others do: conditions on writes are silently ignored. */
  readonly ignoresWriteConditions?: boolean;
  /** CopyObject refuses what is larger. */
  readonly copyObjectMaxBytes?: number;
}

export interface MemoryS3 extends AsyncDisposable, Pick<ScriptedS3, 'endpointUrl' | 'seen' | 'store'> {
  /** Made when first asked for. */
  bucket(name: string): MemoryBucket;
  /** Set it at any time; `undefined` is a healthy service. */
  around: Around | undefined;
}

export const memoryS3 = async (options: MemoryS3Options = {}): Promise<MemoryS3> => {
  const now = options.now ?? Date.now;
  const buckets = new Map<string, MemoryBucket>();
  const bucket = (name: string): MemoryBucket => {
    const made = buckets.get(name) ?? new MemoryBucket(name, now);
    buckets.set(name, made);
    return made;
  };
  const answer = (request: SeenRequest): Reply => {
    const reply = answered(request, (name) => buckets.get(name), options, now());
    return { ...reply, headers: { date: new Date(now()).toUTCString(), ...reply.headers } };
  };
  const server = await scriptedS3((request, number) => {
    const next = (): Reply => answer(request);
    return s3.around ? s3.around(request, next, number) : next();
  });
  const s3: MemoryS3 = {
    endpointUrl: server.endpointUrl,
    seen: server.seen,
    store: server.store,
    bucket,
    around: undefined,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return s3;
};

const WRITE_CONDITIONS = new Set(['if-match', 'if-none-match']);

const answered = (
  asked: SeenRequest,
  bucketOf: (name: string) => MemoryBucket | undefined,
  { pageSize = 1_000, ignoresWriteConditions = false, copyObjectMaxBytes = 5 * 1024 ** 3 }: MemoryS3Options,
  now: number,
): Reply => {
  const [, name = '', path = ''] = /^\/([^/]*)\/?(.*)$/s.exec(asked.path) ?? [];
  const bucket = bucketOf(decodeURIComponent(name));
  if (bucket === undefined) return errorReply(404, 'NoSuchBucket');
  const key = decodeURIComponent(path);
  const { method, query } = asked;
  const isWrite = method === 'PUT' || method === 'POST';
  const request = isWrite && ignoresWriteConditions ? unconditional(asked) : asked;
  if (key === '')
    return method === 'GET' && query.get('list-type') === '2'
      ? listPage(bucket, request, pageSize, now)
      : errorReply(501, 'NotImplemented');
  if (method === 'GET' || method === 'HEAD') return getObject(bucket, key, request);
  if (method === 'POST')
    return query.has('uploads') ? createUpload(bucket, key, request) : completeUpload(bucket, key, request);
  if (method === 'DELETE' && query.has('uploadId')) return abortUpload(bucket, request);
  if (method === 'DELETE') {
    bucket.remove(key, 'request');
    return { status: 204 };
  }
  if (query.has('uploadId')) return uploadPart(bucket, request, bucketOf);
  return 'x-amz-copy-source' in request.headers
    ? copyObject(bucket, key, request, bucketOf, copyObjectMaxBytes)
    : putObject(bucket, key, request);
};

const unconditional = (request: SeenRequest): SeenRequest => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !WRITE_CONDITIONS.has(name))),
});
