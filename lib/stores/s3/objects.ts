// Looks at single objects and opens them for reading.
import { pipeline, type Readable } from 'node:stream';
import type { OpenPicture, PictureFacts, ReadGuard, ReadOptions, ReadRefusal } from '../store.ts';
import { discard } from './body.ts';
import { CHECKSUM_MODE, checksumIn } from './checksum.ts';
import type { S3Client } from './client.ts';
import { factsOf, hiddenMetadata, httpDate, isNewerThanListing } from './facts.ts';
import { failureIn, isS3Failure, S3Failure, saysAbsent, saysPreconditionFailed, senseless } from './failure.ts';
import { pictureFailure } from './way-out.ts';
import { elementsOf, isWhole, rootOf, textOf } from './xml.ts';

export interface HeadOptions {
  readonly tags?: boolean;
  /** The facts will be given to a copy: refused where HTTP cannot tell them all. */
  readonly toCopy?: boolean;
}

/** undefined: nothing stands under the key. Throws an S3Failure. */
export const headObject = async (
  client: S3Client,
  key: string,
  { tags = false, toCopy = false }: HeadOptions = {},
): Promise<PictureFacts | undefined> => {
  const operation = 'HeadObject';
  const found = await client.send({ operation, method: 'HEAD', key, mayBeAbsent: true }, ({ status, headers }) => {
    if (status === 404) return undefined;
    if (!isDated(headers)) throw noObject(client, operation, status);
    return headers;
  });
  if (found === undefined) return undefined;
  if (toCopy) refuseHiddenMetadata(client, found);
  const size = Number(found['content-length'] ?? 0);
  return factsOf(found, size, tags ? await readTags(client, key) : undefined);
};

/** A service without tags answers 501 or 405, or with the object itself: its objects have none. */
const readTags = async (client: S3Client, key: string): Promise<Record<string, string>> => {
  const operation = 'GetObjectTagging';
  const request = { operation, method: 'GET', key, query: { tagging: '' }, isForeign: isAnObject } as const;
  try {
    return await client.send(request, ({ status, headers, body }) => {
      if (isAnObject(headers)) return {};
      const xml = body.toString('utf8');
      const { bucket } = client.address;
      if (rootOf(xml) === 'Error') throw failureIn(xml, status, operation, bucket);
      if (!isWhole(xml, 'Tagging')) throw senseless('no whole Tagging document', status, operation, bucket);
      const tags = elementsOf(xml, 'Tag').map((tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''] as const);
      if (tags.some(([name]) => name === '')) throw senseless('a tag without a name', status, operation, bucket);
      return Object.fromEntries(tags);
    });
  } catch (error) {
    if (isS3Failure(error) && (error.status === 501 || error.status === 405)) return {};
    throw error;
  }
};

const isAnObject = (headers: Readonly<Record<string, string>>): boolean =>
  'etag' in headers && 'last-modified' in headers;

/** Some gateways know no ETag of what was put on their disk beside them; every one knows when it was changed. */
const isDated = (headers: Readonly<Record<string, string>>): boolean => 'last-modified' in headers;

/** A proxy, a portal: what it says of its own page is nothing about a picture. */
const noObject = (client: S3Client, operation: string, status: number): S3Failure =>
  senseless('no Last-Modified', status, operation, client.address.bucket);

/**
 * One GET reads one version: what changed since the listing is refused by the service, or seen in the answer's
 * headers by services that ignore the condition.
 */
export const openObject = async (
  client: S3Client,
  key: string,
  guard: ReadGuard,
  { tags, giveUp }: ReadOptions,
): Promise<OpenPicture | ReadRefusal> => {
  let body: Readable | undefined;
  try {
    // Before the body: a body that waits holds its connection, and tags that wait for one would wait for ever.
    const itsTags = tags ? { tags: await readTags(client, key) } : {};
    const headers = { 'if-unmodified-since': httpDate(guard.listedAt), ...CHECKSUM_MODE };
    const isForeign = (found: Readonly<Record<string, string>>): boolean => !isDated(found);
    const request = { operation: 'GetObject', method: 'GET', key, headers, isForeign, giveUp } as const;
    const answer = await client.openBody(request, guard.size);
    body = answer.body;
    refuseHiddenMetadata(client, answer.headers);
    const size = Number(answer.headers['content-length'] ?? guard.size);
    const facts = factsOf(answer.headers, size);
    if (size !== guard.size || isNewerThanListing(facts, guard.listedAt)) {
      discard(body);
      return { outcome: 'changedOnSource' };
    }
    // An MD5 says as much, and is taken of everything anyway.
    const checked = facts.md5 === undefined ? await checksumIn(answer.headers) : undefined;
    return {
      facts: { ...facts, ...itsTags },
      body: checked ? pipeline(body, checked.passing, () => {}) : body,
      unchanged: async () => true,
      ...(checked && { damage: checked.damage }),
    };
  } catch (error) {
    if (body) discard(body);
    if (!isS3Failure(error)) throw error;
    if (saysAbsent(error)) return { outcome: 'goneFromSource' };
    if (saysPreconditionFailed(error)) return { outcome: 'changedOnSource' };
    return pictureFailure(error, 'source');
  }
};

const refuseHiddenMetadata = (client: S3Client, headers: Readonly<Record<string, string>>): void => {
  const hidden = hiddenMetadata(headers);
  if (!(hidden > 0)) return;
  throw new S3Failure({
    operation: 'GetObject',
    bucket: client.address.bucket,
    code: 'HiddenMetadata',
    message: `${hidden} metadata values cannot be read over HTTP and would be lost`,
    transient: false,
    status: 200,
  });
};
