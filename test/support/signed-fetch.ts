// Signed requests to the emulator that no SDK client here makes: Lambda, STS, IAM, the deployed API.
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { clientConfig } from './aws.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedRequest {
  readonly service: string;
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** By default the emulator's almighty `test`. */
  readonly credentials?: Credentials;
}

export const signedFetch = async (endpointUrl: string, asked: SignedRequest): Promise<Response> => {
  const url = new URL(asked.path, endpointUrl);
  const { region, credentials } = clientConfig(endpointUrl);
  const signer = new SignatureV4({
    credentials: asked.credentials ?? credentials,
    region,
    service: asked.service,
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method: asked.method ?? 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...asked.headers },
    ...(asked.body === undefined ? {} : { body: asked.body }),
  });
  const { host: _, ...headers } = signed.headers;
  return fetch(url, {
    method: asked.method ?? 'POST',
    headers,
    redirect: 'manual',
    ...(asked.body === undefined ? {} : { body: asked.body }),
  });
};

/** A call of one of AWS's query services (STS, IAM, CloudFormation); the answer's XML. */
export const queryCall = async (
  endpointUrl: string,
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> => {
  const answer = await signedFetch(endpointUrl, {
    service,
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(parameters).toString(),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} ${parameters.Action}: ${answer.status} ${text}`);
  return text;
};

/** The keys that a Lambda with this role runs under. */
export const assumeRole = async (endpointUrl: string, roleArn: string): Promise<Credentials> => {
  const text = await queryCall(endpointUrl, 'sts', {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: 'test',
  });
  const field = (name: string): string => {
    const value = new RegExp(`<${name}>([^<]+)`).exec(text)?.[1];
    if (value === undefined) throw new Error(`No ${name} in ${text}`);
    return value;
  };
  return {
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  };
};
