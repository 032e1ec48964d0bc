// Bodies of answers, read within bounds: a service that is none may send gigabytes where a sentence is expected.
import { PassThrough, pipeline, Readable } from 'node:stream';
import type { S3Request } from './client.ts';
import type { Gathered, Head } from './gather.ts';

/** A page of a thousand keys takes 6 MB at worst. Pictures are never read this way. */
export const ANSWER_MAX_BYTES = 32 * 1024 * 1024;
/** An error says what it has to say at once. */
const ERROR_MAX_BYTES = 64 * 1024;
/** Up to here a picture is gathered in memory: a stream costs more than reading a thumbnail does. */
export const GATHERED_MAX_BYTES = 256 * 1024;

/**
 * Its connection may go on: some servers send the body that belongs to a GET all the same, and what stands in a picture could
 * look like the answer to the next request.
 */
const endsWithHead = ({ status, headers }: Head): boolean => status === 404 && headers['content-length'] === '0';

/** How much of an answer is read: an error says what it has to say at once. */
export const mostOf = (
  request: Pick<S3Request, 'method' | 'isForeign'>,
  { status, headers }: Head,
  bytes = ANSWER_MAX_BYTES,
): number | 'unread' => {
  if (request.method === 'HEAD') return endsWithHead({ status, headers }) ? 0 : 'unread';
  if (status >= 300) return ERROR_MAX_BYTES;
  return request.isForeign?.(headers) ? 'unread' : bytes;
};

/** The rest is left unread. */
export const beginningOf = async (body: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > ERROR_MAX_BYTES) break;
  }
  discard(body);
  return joined(chunks);
};

export const joined = (chunks: readonly Buffer[]): Buffer => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));

/** What came, and then the error that it broke off with. */
export const gatheredBody = ({ chunks, broken }: Pick<Gathered, 'chunks' | 'broken'>): Readable =>
  new Readable({
    read() {
      for (const chunk of chunks) this.push(chunk);
      if (broken) this.destroy(broken);
      else this.push(null);
    },
  });

/** undici calls it an error when a reader stops early; its reader must be able to tell that from a broken connection. */
export const passedOn = (body: Readable): Readable => pipeline(body, new PassThrough(), () => {});

/** Gives the connection back; an unread body would hold it for ever. */
export const discard = (body: Readable): void => {
  body.on('error', () => {});
  body.destroy();
};
