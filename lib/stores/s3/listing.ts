// Lists a range of a bucket, page after page. What is incomplete or out of order is an error, never a shorter list.
import { isAscii, isUtf8 } from 'node:buffer';
import type { Entry } from '../../compare/entry.ts';
import { compareKeys, lastKeyOf } from '../../compare/key.ts';
import { contains, type Range } from '../../compare/range.ts';
import { IncompleteListing } from '../errors.ts';
import type { ListingPage } from '../store.ts';
import type { S3Answer, S3Client } from './client.ts';
import { clockTime } from './facts.ts';
import { failureIn, isS3Failure, SENSELESS, senseless } from './failure.ts';
import { isWholePage, type Page, readPage } from './page.ts';
import { UnreadablePage } from './page-keys.ts';
import { storeError } from './way-out.ts';
import { rootOf } from './xml.ts';

const OPERATION = 'ListObjectsV2';
const LISTING = { 'list-type': '2', 'encoding-type': 'url' };
/** Legal while a service skips over deleted keys, endless where it is broken. */
const EMPTY_PAGES_AT_MOST = 1_000;

/**
 * The entries of a range. A key equal to the store's own prefix (the folder marker a console makes for it) has no
 * relative key; it marks the place the store stands for and is no picture: starting behind the prefix leaves it out.
 */
export async function* listRange(client: S3Client, prefix: string, range: Range): AsyncGenerator<ListingPage> {
  let last: string | undefined;
  // What lies between two keys begins as both do. Services that walk folders look only into those where that can be.
  const shared = prefix + sharedBeginning(range);
  const asked = { startAfter: startAfter(prefix, range.after), storePrefix: prefix };
  for await (const { page, at } of pagesOf(client, shared, asked)) {
    checkOrder(client, last, page.entries);
    const first = page.entries[0];
    last = lastKeyOf(page.entries) ?? last;
    // A full page that calls itself the last is believed once it was asked what follows: after it was handed on.
    const isLast = (page.next === undefined && !page.isFull) || isAtEnd(last, range);
    // A service that ignores start-after sends what lies before the range too.
    const isWithin =
      first === undefined || (compareKeys(first.key, range.after) > 0 && (last === undefined || contains(range, last)));
    const entries = isWithin ? page.entries : page.entries.filter(({ key }) => contains(range, key));
    yield { entries, at, isLast };
    // Its end may have come down meanwhile.
    if (isAtEnd(last, range)) return;
  }
}

const sharedBeginning = ({ after, upTo }: Range): string => {
  if (upTo === null) return '';
  let length = 0;
  while (length < after.length && length < upTo.length && after[length] === upTo[length]) length++;
  // Neither half a character nor a folder's odd bytes can be asked for.
  const odd = after.slice(0, length).search(/\p{Surrogate}/u);
  return after.slice(0, odd < 0 ? length : odd);
};

const isAtEnd = (last: string | undefined, { upTo }: Range): boolean =>
  last !== undefined && upTo !== null && compareKeys(last, upTo) >= 0;

/** Pages of mostly pictures that are looked through for folders: millions may lie beside them. */
const LOOSE_PAGES_AT_MOST = 2;

/** What S3 rolls up at the next `/`; pictures lying beside the folders are listed too and left alone. */
export const prefixesBelow = async (client: S3Client, storePrefix: string, prefix: string, maxRequests: number) => {
  const prefixes: string[] = [];
  let requests = 0;
  let loosePages = 0;
  if (maxRequests < 1) return { prefixes, requests };
  for await (const { page } of pagesOf(client, storePrefix + prefix, { delimiter: '/', storePrefix })) {
    requests += 1;
    for (const found of page.commonPrefixes) {
      const relative = found.slice(storePrefix.length);
      const last = prefixes.at(-1);
      if (!found.startsWith(storePrefix + prefix)) throw incomplete(client, `"${found}" was not asked for`);
      if (last !== undefined && compareKeys(relative, last) <= 0) throw disorder(client, last, relative);
      prefixes.push(relative);
    }
    if (page.entries.length > page.commonPrefixes.length) loosePages += 1;
    if (requests >= maxRequests || loosePages >= LOOSE_PAGES_AT_MOST) break;
  }
  return { prefixes, requests };
};

interface PagesOptions {
  readonly startAfter?: string | undefined;
  readonly delimiter?: string;
  /** Keys are made relative to this; absent: to `prefix`. */
  readonly storePrefix?: string;
}

async function* pagesOf(
  client: S3Client,
  prefix: string,
  { startAfter, delimiter, storePrefix = prefix }: PagesOptions,
): AsyncGenerator<{ page: Page; at: number }> {
  let token: string | undefined;
  let emptyPages = 0;
  do {
    const query = {
      ...LISTING,
      ...(prefix === '' ? {} : { prefix }),
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(token !== undefined ? { 'continuation-token': token } : startAfter ? { 'start-after': startAfter } : {}),
    };
    const asked = Date.now();
    const { page, date } = await pageOf(client, query, storePrefix);
    // Prefixes that nobody asked for are nothing: a listing of them would never end.
    const isEmpty = page.entries.length === 0 && (delimiter === undefined || page.commonPrefixes.length === 0);
    emptyPages = isEmpty ? emptyPages + 1 : 0;
    if (page.next !== undefined && page.next === token) throw incomplete(client, 'the same token came twice');
    if (emptyPages > EMPTY_PAGES_AT_MOST) throw incomplete(client, `${emptyPages} empty pages in a row`);
    token = page.next;
    // Whoever reads the page empties it.
    const doubted = token === undefined && page.isFull && delimiter === undefined ? lastKeyOf(page.entries) : undefined;
    yield { page, at: Number.isNaN(date) ? asked : date };
    if (doubted !== undefined) await checkEnd(client, prefix, storePrefix, doubted, date);
  } while (token !== undefined);
}

/**
 * A full page that calls itself the last: true now and then, and what servers say that know no paging. They are asked once
 * more; what has arrived since the page was made (whole seconds, by the service's clock) says nothing about it.
 */
const checkEnd = async (
  client: S3Client,
  prefix: string,
  storePrefix: string,
  last: string,
  madeAt: number,
): Promise<void> => {
  const query = { ...LISTING, ...(prefix === '' ? {} : { prefix }), 'start-after': storePrefix + last };
  const behind = understood(client, (await ask(client, query)).xml, storePrefix);
  const arrived = Math.floor(madeAt / 1_000) * 1_000;
  const more = behind.entries.find(({ key, modifiedAt }) => compareKeys(key, last) > 0 && !(modifiedAt >= arrived));
  if (more) throw incomplete(client, `a full page called itself the last, but "${more.key}" follows`);
};

const pageOf = async (client: S3Client, query: Record<string, string>, storePrefix: string) => {
  const { xml, date } = await ask(client, query);
  return { page: understood(client, xml, storePrefix), date };
};

const ask = async (client: S3Client, query: Record<string, string>) => {
  // RestoreStatus: an archived picture that has been restored can be copied.
  const headers = { 'x-amz-optional-object-attributes': 'RestoreStatus' };
  try {
    return await client.send({ operation: OPERATION, method: 'GET', query, headers }, (answer) =>
      whole(client, answer),
    );
  } catch (error) {
    if (!isS3Failure(error)) throw error;
    if (error.code === SENSELESS) throw new IncompleteListing(error.message, { cause: error });
    throw storeError(error);
  }
};

const whole = (client: S3Client, { status, headers, body }: S3Answer) => {
  // Nearly always the same, and a third of the time.
  const isPlain = isAscii(body);
  const xml = body.toString(isPlain ? 'latin1' : 'utf8');
  const { bucket } = client.address;
  if (rootOf(xml) === 'Error') throw failureIn(xml, status, OPERATION, bucket);
  if (!isWholePage(xml)) throw senseless('no whole ListBucketResult document', status, OPERATION, bucket);
  // Replacement characters would make another key of it.
  if (!isPlain && !isUtf8(body)) throw senseless('the answer is no UTF-8', status, OPERATION, bucket);
  return { xml, date: clockTime(headers.date) };
};

const understood = (client: S3Client, xml: string, prefix: string): Page => {
  try {
    return readPage(xml, prefix);
  } catch (error) {
    throw error instanceof UnreadablePage ? incomplete(client, error.message) : error;
  }
};

const checkOrder = (client: S3Client, last: string | undefined, entries: readonly Entry[]): void => {
  let before = last;
  for (const { key } of entries) {
    if (before !== undefined && compareKeys(before, key) >= 0) throw disorder(client, before, key);
    before = key;
  }
};

/** A folder's odd name may bound a range, but its lone surrogates are no UTF-8: begin at the last sound key before. */
const startAfter = (prefix: string, after: string): string | undefined => {
  const odd = after.search(/\p{Surrogate}/u);
  return prefix + (odd < 0 ? after : `${after.slice(0, odd)}\ud7ff`);
};

const incomplete = (client: S3Client, why: string): IncompleteListing =>
  new IncompleteListing(`${OPERATION} of bucket "${client.address.bucket}" cannot be trusted: ${why}`);

const disorder = (client: S3Client, before: string, after: string): IncompleteListing =>
  incomplete(client, `"${after}" came behind "${before}"`);
