// Bodies of answers, read within bounds: a service that is none may send gigabytes where a sentence is expected.
import type { Readable } from 'node:stream';

/** A page of a thousand keys takes 6 MB at worst. Pictures are never read this way. */
export const ANSWER_MAX_BYTES = 32 * 1024 * 1024;
/** An error says what it has to say at once. */
const ERROR_MAX_BYTES = 64 * 1024;

/** Throws what `overlong` makes where there is more. */
export const wholeBody = async (body: Readable, overlong: () => Error): Promise<Buffer> => {
  const { bytes, isWhole } = await upTo(body, ANSWER_MAX_BYTES);
  if (!isWhole) throw overlong();
  return bytes;
};

/** The rest is left unread. */
export const beginningOf = async (body: Readable): Promise<Buffer> => (await upTo(body, ERROR_MAX_BYTES)).bytes;

const upTo = async (body: Readable, maxBytes: number): Promise<{ bytes: Buffer; isWhole: boolean }> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) {
      discard(body);
      return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isWhole: false };
    }
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
};

/** Gives the connection back; an unread body would hold it for ever. */
export const discard = (body: Readable): void => {
  body.on('error', () => {});
  body.destroy();
};
