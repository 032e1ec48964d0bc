// A picture handed to the S3 store for writing, against a script: what the tests of writing share.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3StoreOptions } from '../../../lib/stores/s3/store.ts';
import type { S3Spec } from '../../../lib/stores/spec.ts';
import type {
  MemoryBudget,
  OpenPicture,
  PictureFacts,
  WriteGuard,
  WriteOptions,
  WriteResult,
} from '../../../lib/stores/store.ts';
import { PLENTY, type Reply, type Script, type SeenRequest, scriptedS3 } from '../../support/scripted-s3.ts';

export const CONTENT = Buffer.from('ten bytes!');
export const md5 = (bytes: Buffer, encoding: 'hex' | 'base64' = 'hex') =>
  createHash('md5').update(bytes).digest(encoding);
export const FACTS: PictureFacts = { size: 10, modifiedAt: 1_719_835_200_000, metadata: {} };
export const OK: Reply = { headers: { etag: '"new"' } };
export const HEAD: Reply = {
  headers: { etag: '"old"', 'content-length': '4', 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT' },
};
export const ABSENT: Reply = { status: 404 };
export const WAS: PictureFacts = { size: 4, modifiedAt: Date.parse('2024-07-01T11:00:00Z'), etag: 'old', metadata: {} };

export interface WritingCase {
  readonly facts?: Partial<PictureFacts>;
  readonly content?: Buffer | Readable;
  readonly unchanged?: boolean;
  readonly guard?: WriteGuard;
  readonly options?: Partial<WriteOptions>;
  readonly spec?: Partial<S3Spec>;
  readonly store?: S3StoreOptions;
  readonly memory?: MemoryBudget;
}

export const writing = async (
  script: Script,
  of: WritingCase = {},
): Promise<{ result: WriteResult; seen: SeenRequest[] }> => {
  await using s3 = await scriptedS3(script);
  const store = await s3.store(of.spec, { maxAttempts: 3, ...of.store });
  const { content = CONTENT } = of;
  const picture: OpenPicture = {
    facts: { ...FACTS, ...of.facts },
    body: content instanceof Readable ? content : Readable.from([content.subarray(0, 3), content.subarray(3)]),
    unchanged: async () => of.unchanged ?? true,
  };
  const guard = of.guard ?? { kind: 'create' };
  const result = await store.write('a', picture, guard, { tags: true, ...of.options }, of.memory ?? PLENTY);
  return { result, seen: s3.seen };
};
export const asked = (seen: readonly SeenRequest[]): string[] =>
  seen.map(({ method, url }) => `${method} ${url.replace('/pictures/a', '')}`.trim());

/** Answers a multipart upload; what is given for a request answers it instead. */
export const parts =
  (special: Readonly<Record<string, Reply>> = {}): Script =>
  ({ method, url, query, body }) => {
    const found = special[`${method} ${url.replace('/pictures/a', '')}`];
    if (found) return found;
    if (query.has('uploads'))
      return { body: '<InitiateMultipartUploadResult><UploadId>up</UploadId></InitiateMultipartUploadResult>' };
    if (query.has('partNumber')) return { headers: { etag: `"${md5(body)}"` } };
    if (method === 'POST')
      return { body: '<CompleteMultipartUploadResult><ETag>"x-3"</ETag></CompleteMultipartUploadResult>' };
    return { status: method === 'HEAD' ? 404 : 204 };
  };
