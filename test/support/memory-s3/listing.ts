// ListObjectsV2 of a bucket in memory: pages, delimiter, tokens, percent-encoded keys.
import type { Reply, SeenRequest } from '../scripted-s3.ts';
import type { MemoryBucket } from './bucket.ts';

const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

type Item = { readonly key: string } | { readonly prefix: string };

/** `pageSize`: at most 1,000, as S3 does; tests make pages smaller. */
export const listPage = (bucket: MemoryBucket, { query }: SeenRequest, pageSize: number, now: number): Reply => {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const most = Math.min(pageSize, Number(query.get('max-keys') ?? pageSize));
  const items: Item[] = [];
  let last: string | undefined;
  let truncated = false;
  for (const key of bucket.keys()) {
    if (!key.startsWith(prefix) || compare(key, after) <= 0) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    // A token that ends with a common prefix has told all below it.
    if (common !== undefined && after.startsWith(common) && token !== null) continue;
    const before = items.at(-1);
    if (common !== undefined && before && 'prefix' in before && before.prefix === common) continue;
    if (items.length === most) {
      truncated = true;
      break;
    }
    items.push(common === undefined ? { key } : { prefix: common });
    last = common ?? key;
  }
  const xml = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${bucket.name}</Name><Prefix>${encodeKey(prefix)}</Prefix><KeyCount>${items.length}</KeyCount><MaxKeys>${most}</MaxKeys>`,
    `<EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>`,
    truncated ? `<NextContinuationToken>${Buffer.from(last ?? '').toString('base64url')}</NextContinuationToken>` : '',
    ...items.map((item) =>
      'prefix' in item
        ? `<CommonPrefixes><Prefix>${encodeKey(item.prefix)}</Prefix></CommonPrefixes>`
        : contents(bucket, item.key),
    ),
    '</ListBucketResult>',
  ];
  return { headers: { 'content-type': 'application/xml', date: new Date(now).toUTCString() }, body: xml.join('') };
};

const contents = (bucket: MemoryBucket, key: string): string => {
  const object = bucket.objects.get(key);
  if (object === undefined) return '';
  const { body, etag, modifiedAt, storageClass, restoredUntil } = object;
  const restored =
    restoredUntil === undefined
      ? ''
      : `<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>${new Date(restoredUntil).toISOString()}</RestoreExpiryDate></RestoreStatus>`;
  return `<Contents><Key>${encodeKey(key)}</Key><LastModified>${new Date(modifiedAt).toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${body.length}</Size><StorageClass>${storageClass}</StorageClass>${restored}</Contents>`;
};
