// A request as it goes over the wire: its path as S3 spells it, signed.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type BucketAddress, encodeKey, encodeStrictly, placeOf } from './address.ts';
import type { S3Request, Shared } from './client.ts';
import type { Call } from './gather.ts';
import { EMPTY_HASH } from './sign.ts';

const USER_AGENT = 'picferry';

/** `paced`: its body, held back. Throws where there are no credentials, or the key cannot be encoded. */
export const prepare = async (
  request: S3Request,
  paced: Readable | undefined,
  address: BucketAddress,
  { sign, credentials, settings, clockOffsetMs, endsAfterHead }: Shared,
): Promise<Call> => {
  const { method, key, query = {}, headers = {}, body, takesLong, giveUp } = request;
  const { origin, host, base } = placeOf(address);
  const path = key === undefined ? base || '/' : `${base}/${encodeKey(key)}`;
  const signed = await sign(
    { method, host, path, query, headers, payloadHash: payloadHash(body, headers) },
    {
      credentials: await credentials.get(),
      region: address.region,
      date: new Date(Date.now() + clockOffsetMs),
    },
  );
  const silence = settings[takesLong ? 'longSilenceMs' : 'silenceMs'];
  const length = paced && { 'content-length': String(body?.length) };
  return {
    origin,
    path: path + queryString(query),
    method,
    headers: { ...signed, 'user-agent': USER_AGENT, ...length },
    body: paced ?? body ?? null,
    ...(paced && giveUp && { signal: giveUp }),
    headersTimeout: silence,
    bodyTimeout: silence,
    // undici would end the connection after every HEAD.
    reset: method === 'HEAD' && endsAfterHead,
  };
};

const payloadHash = (body: Uint8Array | undefined, headers: Readonly<Record<string, string>>): string => {
  if (body === undefined) return EMPTY_HASH;
  // Content-MD5 is signed and guards the same bytes: hashing gigabytes a second time guards nothing more.
  return 'content-md5' in headers ? 'UNSIGNED-PAYLOAD' : createHash('sha256').update(body).digest('hex');
};

const queryString = (query: Readonly<Record<string, string>>): string => {
  const parts = Object.entries(query).map(([name, value]) =>
    value === '' ? name : `${name}=${encodeStrictly(value)}`,
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};
