// A copy in parts against a service that can do it, but for what a test scripts: what the tests of them share.
import { createHash } from 'node:crypto';
import type { CopyOutcome, CopyRouteOptions, CopyTask } from '../../../lib/stores/copy.ts';
import { openServerSideRoute } from '../../../lib/stores/s3/server-side-copy.ts';
import type { CreateOnly } from '../../../lib/stores/spec.ts';
import { PLENTY, type Reply, type Script, type SeenRequest, scriptedS3 } from '../../support/scripted-s3.ts';

export const LISTED_AT = Date.parse('2024-07-01T12:00:00Z');
export const SIZE = 95;
export const HEAD: Reply = {
  headers: {
    etag: '"source"',
    'content-length': String(SIZE),
    'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT',
    'content-type': 'video/mp4',
    'x-amz-meta-camera': 'north',
  },
};
const TAGS: Reply = { body: '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>' };
export const etagOf = (part: number): string => createHash('md5').update(String(part)).digest('hex');

/** By `METHOD url`; a function is asked each time. */
export type Special = Readonly<Record<string, Reply | (() => Reply)>>;

const service =
  (special: Special = {}): Script =>
  ({ method, url, query }) => {
    const found = special[`${method} ${url}`];
    if (found) return typeof found === 'function' ? found() : found;
    if (method === 'HEAD') return url === '/old/a' ? HEAD : { status: 404 };
    if (query.has('tagging')) return TAGS;
    if (query.has('uploads'))
      return { body: '<InitiateMultipartUploadResult><UploadId>up</UploadId></InitiateMultipartUploadResult>' };
    if (method === 'PUT')
      return {
        body: `<CopyPartResult><ETag>&quot;${etagOf(Number(query.get('partNumber')))}&quot;</ETag></CopyPartResult>`,
      };
    if (method === 'POST')
      return { body: '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>' };
    return { status: 204 };
  };

interface Case extends Partial<CopyTask> {
  readonly createOnly?: CreateOnly;
  readonly options?: Partial<CopyRouteOptions>;
}

export const copying = async (
  special: Special = {},
  of: Case = {},
): Promise<{ outcome: CopyOutcome; seen: SeenRequest[] }> => {
  await using s3 = await scriptedS3(service(special));
  const { createOnly = 'native', options, ...task } = of;
  const source = await s3.store({ bucket: 'old' }, { maxAttempts: 3 });
  const destination = await s3.store({ bucket: 'new', createOnly }, { maxAttempts: 3 });
  const limits = { copyObjectMaxBytes: 50, partSizeBytes: 10 };
  const route = openServerSideRoute(source, destination, {
    sameService: true,
    tags: true,
    memory: PLENTY,
    ...limits,
    ...options,
  });
  const outcome = await route.copy({ key: 'a', size: SIZE }, { action: 'create', listedAt: LISTED_AT, ...task });
  return { outcome, seen: s3.seen };
};
export const asked = (seen: readonly SeenRequest[]): string[] => seen.map(({ method, url }) => `${method} ${url}`);
export const named = (outcome: CopyOutcome): string =>
  outcome.outcome === 'failed' ? outcome.reason : outcome.outcome;
export const ABORT = 'DELETE /new/a?uploadId=up';
export const COMPLETE = 'POST /new/a?uploadId=up';
