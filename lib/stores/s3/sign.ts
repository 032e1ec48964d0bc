// Signs requests with AWS Signature 4 as S3 wants it: the path as it is sent, the payload's hash given.
import { isAscii } from 'node:buffer';
import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './credentials.ts';

export interface Signable {
  readonly method: string;
  readonly host: string;
  /** Percent-encoded already. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Hex, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

export interface SigningContext {
  readonly credentials: Credentials;
  readonly region: string;
  readonly date: Date;
}

export type Sign = (request: Signable, context: SigningContext) => Promise<Record<string, string>>;

export const EMPTY_HASH = createHash('sha256').digest('hex');

/** One per client: it holds the credentials of the request being prepared and caches nothing but keys. */
export const createSigner = (): Sign => {
  let current: Credentials | undefined;
  const signer = new SignatureV4({
    service: 's3',
    region: 'unused',
    credentials: async () => {
      if (!current) throw new Error('signed without credentials');
      return current;
    },
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  return async ({ method, host, path, query, headers, payloadHash }, { credentials, region, date }) => {
    // Read by the signer before its first await, so that requests signed at the same time do not mix.
    current = credentials;
    const signed = await signer.sign(
      {
        method,
        protocol: 'https:',
        hostname: host,
        path,
        query: { ...query },
        headers: { ...headers, host, 'x-amz-content-sha256': payloadHash },
      },
      { signingDate: date, signingRegion: region },
    );
    return signed.headers;
  };
};

/** The signer keeps a day's key: made ready once, it need not be for every request. */
const keys = new WeakMap<object, KeyObject>();

const keyOf = (secret: ArrayBuffer | ArrayBufferView): KeyObject => {
  const known = keys.get(secret);
  if (known) return known;
  const bytes = ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
  const key = createSecretKey(bytes);
  keys.set(secret, key);
  return key;
};

/**
 * Header values are byte strings (one character, one byte), as undici reads and writes them; the signer encodes
 * its text as UTF-8. What it encoded is taken back, so that what is signed are the bytes that are sent.
 */
class Sha256 {
  private readonly secret: KeyObject | string | undefined;
  private hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.secret = secret === undefined || typeof secret === 'string' ? secret : keyOf(secret);
    this.hash = this.start();
  }

  update(data: Uint8Array): void {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    this.hash.update(isAscii(bytes) ? bytes : Buffer.from(bytes.toString('utf8'), 'latin1'));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.start();
  }

  private start(): Hash | Hmac {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', this.secret);
  }
}
