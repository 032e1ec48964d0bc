// Links to report files, signed by the server itself: whoever has one may open that file until it expires.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Links } from '../api/ports.ts';

export interface SigningOptions {
  /** Asked for when a link is made: the port is known only once the server listens. */
  readonly origin: () => string;
  readonly key: string;
  readonly linkSeconds: number;
  readonly now: () => number;
}

export interface LinkedFile {
  /** As ReportFiles takes it. */
  readonly path: string;
  readonly saveAs?: string;
}

export interface SignedLinks extends Links {
  /** What a request's path and query stand for. `changed`: not what was signed. `expired`: its time is over. */
  read(pathAndQuery: string): LinkedFile | 'changed' | 'expired';
}

export const LINKS_BELOW = '/files/';
const SIGNATURE = '&signature=';

/** What is signed is the very text of the link up to its signature, so that nothing in it can be changed or added. */
export const createSignedLinks = ({ origin, key, linkSeconds, now }: SigningOptions): SignedLinks => {
  const signatureOf = (text: string): Buffer => createHmac('sha256', key).update(text).digest();

  const read = (pathAndQuery: string): LinkedFile | 'changed' | 'expired' => {
    const end = pathAndQuery.lastIndexOf(SIGNATURE);
    const text = pathAndQuery.slice(0, Math.max(0, end));
    const expected = signatureOf(text).toString('base64url');
    if (end < 0 || !sameText(pathAndQuery.slice(end + SIGNATURE.length), expected)) return 'changed';
    const { pathname, searchParams } = new URL(text, 'http://localhost');
    if (now() >= Number(searchParams.get('expires')) * 1_000) return 'expired';
    const saveAs = searchParams.get('saveAs');
    return { path: pathname.slice(LINKS_BELOW.length), ...(saveAs === null ? {} : { saveAs }) };
  };

  return {
    to: async (path, { saveAs } = {}) => {
      const expires = Math.floor(now() / 1_000) + linkSeconds;
      const query = `expires=${expires}${saveAs === undefined ? '' : `&saveAs=${plain(saveAs)}`}`;
      const text = `${LINKS_BELOW}${path}?${query}`;
      const url = `${origin()}${text}${SIGNATURE}${signatureOf(text).toString('base64url')}`;
      return { url, expiresAt: new Date(expires * 1_000).toISOString() };
    },
    read,
  };
};

/** What may stand in a URL and between quotes in a header without further ado. */
const plain = (name: string): string => name.replace(/[^\w.-]/g, '_');

/** In a time that does not tell how much of it was right. */
export const sameText = (a: string, b: string): boolean => {
  // timingSafeEqual wants equal lengths; how long a signature or a token is, is no secret.
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
};
