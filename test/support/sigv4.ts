// Checks a request's AWS Signature 4 the way a server does: from what arrived, with code that does not import lib.
import { createHash, createHmac } from 'node:crypto';
import type { SeenRequest } from './scripted-s3.ts';

/** undefined: the signature is right. Else what a server would complain about. */
export const signatureFault = (request: SeenRequest, secretAccessKey: string, service = 's3'): string | undefined => {
  const match =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      request.headers.authorization ?? '',
    );
  if (!match) return 'no signature';
  const [, day = '', region = '', signedFor, names = '', signature] = match;
  if (signedFor !== service) return `signed for ${signedFor}`;
  const signedNames = names.split(';');
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !signedNames.includes(name),
  );
  if (unsigned.length > 0 || !signedNames.includes('host')) return `not signed: ${unsigned.join(' ')}`;
  const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '';
  const canonical = [
    request.method,
    request.path,
    query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => (part.includes('=') ? part : `${part}=`))
      .sort()
      .join('&'),
    ...signedNames.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const date = request.headers['x-amz-date'] ?? '';
  const hash = createHash('sha256').update(Buffer.from(canonical, 'latin1')).digest('hex');
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${day}/${region}/${service}/aws4_request\n${hash}`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const expected = createHmac('sha256', key).update(toSign).digest('hex');
  return expected === signature ? undefined : `the signature does not fit\n${canonical}`;
};
