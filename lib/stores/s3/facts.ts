// What S3's headers tell of a picture, and the headers that give another object the same facts.
import type { PictureFacts, WriteOptions } from '../store.ts';
import { encodeStrictly } from './address.ts';

type Headers = Readonly<Record<string, string>>;

const META = 'x-amz-meta-';
const MTIME = 'mtime';
/** All user metadata of one object, names and values. */
const METADATA_BYTES_AT_MOST = 2_048;

/** Values stay byte strings, one character a byte: whatever encoding they are in, they go on as they came. */
export const factsOf = (headers: Headers, size: number, tags?: Readonly<Record<string, string>>): PictureFacts => {
  // Not by assignment: metadata may be called `__proto__`.
  const metadata: Record<string, string> = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(META))
      .map(([name, value]) => [name.slice(META.length), value]),
  );
  const etag = headers.etag?.replace(/^"|"$/g, '');
  const md5 = contentMd5(headers, etag);
  const originalTime = Object.hasOwn(metadata, MTIME) ? readMtime(metadata[MTIME]) : undefined;
  return {
    size,
    modifiedAt: Date.parse(headers['last-modified'] ?? ''),
    ...(etag === undefined ? {} : { etag }),
    ...(md5 === undefined ? {} : { md5 }),
    ...textFacts(headers),
    metadata,
    ...(tags === undefined ? {} : { tags }),
    ...(originalTime === undefined ? {} : { originalTime }),
  };
};

const TEXT_FACTS = {
  contentType: 'content-type',
  contentEncoding: 'content-encoding',
  contentDisposition: 'content-disposition',
  contentLanguage: 'content-language',
  cacheControl: 'cache-control',
  expires: 'expires',
  websiteRedirectLocation: 'x-amz-website-redirect-location',
} as const;

type TextFact = keyof typeof TEXT_FACTS;

const textFacts = (headers: Headers): Partial<Record<TextFact, string>> => {
  const facts: Partial<Record<TextFact, string>> = {};
  for (const [fact, name] of Object.entries(TEXT_FACTS) as [TextFact, string][]) {
    // aws-chunked describes how an upload travelled; some services keep it as if it described the content.
    const value = fact === 'contentEncoding' ? headers[name]?.replace(/,?\s*aws-chunked\s*$/, '') : headers[name];
    if (value) facts[fact] = value;
  }
  return facts;
};

/** An ETag is the content's MD5 unless it came from parts, or the object is encrypted with keys of KMS or the customer. */
const contentMd5 = (headers: Headers, etag: string | undefined): string | undefined => {
  const encryption = headers['x-amz-server-side-encryption'] ?? '';
  const isPlain = !encryption.startsWith('aws:kms') && !('x-amz-server-side-encryption-customer-algorithm' in headers);
  return isPlain ? md5InEtag(etag) : undefined;
};

/**
 * What a service without encryption says it has stored. AWS names its encryption in every answer and refuses by Content-MD5
 * what is not what was sent; others may take no notice of it, and tell by the ETag alone.
 */
export const storedMd5 = (headers: Headers): string | undefined =>
  Object.keys(headers).some((name) => name.startsWith('x-amz-server-side-encryption'))
    ? undefined
    : md5InEtag(headers.etag?.replace(/^"|"$/g, ''));

export const md5InEtag = (etag: string | undefined): string | undefined =>
  etag !== undefined && /^[0-9a-f]{32}$/i.test(etag) ? etag.toLowerCase() : undefined;

/** S3 keeps back metadata that no header can carry, and only says how many values: a copy would lose them. */
export const hiddenMetadata = (headers: Headers): number => Number(headers['x-amz-missing-meta'] ?? 0);

/** Seconds with a fraction, as rclone writes them: 1719835200.5 */
const readMtime = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,12}(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1e6) / 1e3 : undefined;

export const writeMtime = (ms: number): string => (Math.round(ms * 1e3) / 1e6).toFixed(6).replace(/\.?0+$/, '');

/** Everything a new object takes over: for PutObject and CreateMultipartUpload. */
export const headersFor = (facts: PictureFacts, options: WriteOptions): Record<string, string> => {
  const headers: Record<string, string> = storageHeaders(options);
  for (const [fact, name] of Object.entries(TEXT_FACTS) as [TextFact, string][]) {
    const value = facts[fact];
    if (value !== undefined) headers[name] = value;
  }
  for (const [name, value] of Object.entries(withMtime(facts))) headers[META + name] = value;
  const tags = options.tags ? Object.entries(facts.tags ?? {}) : [];
  if (tags.length > 0) {
    headers['x-amz-tagging'] = tags
      .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
      .join('&');
  }
  return headers;
};

/** A new object's LastModified is now: `mtime` keeps when the picture was made, unless that would burst the metadata. */
const withMtime = ({ metadata, originalTime, modifiedAt }: PictureFacts): Readonly<Record<string, string>> => {
  const time = originalTime ?? modifiedAt;
  if (Object.hasOwn(metadata, MTIME) || Number.isNaN(time)) return metadata;
  const added = { ...metadata, [MTIME]: writeMtime(time) };
  const bytes = Object.entries(added).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return bytes <= METADATA_BYTES_AT_MOST ? added : metadata;
};

export const storageHeaders = ({ storageClass, sseKmsKeyId }: WriteOptions): Record<string, string> => ({
  ...(storageClass === undefined ? {} : { 'x-amz-storage-class': storageClass }),
  ...(sseKmsKeyId === undefined
    ? {}
    : {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': sseKmsKeyId,
      }),
});

/** S3's clocks count whole seconds: something made within the second of the listing was listed. */
export const isNewerThanListing = ({ modifiedAt }: PictureFacts, listedAt: number): boolean =>
  Math.floor(modifiedAt / 1_000) > Math.floor(listedAt / 1_000);

/** What a service's clock says, ms; NaN for what no clock shows (a date of the year 275,760 has no tomorrow). */
export const clockTime = (date: string | undefined): number => {
  const ms = Date.parse(date ?? '');
  return ms > 0 && ms < YEAR_10000 ? ms : Number.NaN;
};

const YEAR_10000 = Date.UTC(10_000, 0, 1);

export const httpDate = (ms: number): string => new Date(ms).toUTCString();
