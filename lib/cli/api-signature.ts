// Signs requests for a deployment's API with the user's AWS keys (Signature 4 for execute-api).
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { loadConfig, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { UsageError } from '../stores/usage-error.ts';
import type { Credentials } from './api-credentials.ts';

type Env = Readonly<Record<string, string | undefined>>;

export const signingCredentials = async (
  url: URL,
  regionOfHost: string | undefined,
  env: Env,
): Promise<Credentials> => {
  const region = regionOfHost ?? (await configuredRegion(url, env));
  const profile = env.AWS_PROFILE ? `profile ${env.AWS_PROFILE}` : 'the default AWS credentials';
  // The chain keeps them until shortly before they expire.
  const provider = fromNodeProviderChain();
  let accessKeyId: string | undefined;
  const credentials = async () => {
    const found = await provider().catch((error: Error) => {
      throw new UsageError(
        `no AWS credentials to sign requests to ${url.host} with (${error.message}): set AWS_PROFILE or log in; for "picferry serve", set PICFERRY_TOKEN to its token`,
      );
    });
    accessKeyId = found.accessKeyId;
    return found;
  };
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Hash.bind(null, 'sha256') });
  return {
    url,
    authorize: async ({ method, url: to, headers, body }) => {
      const signed = await signer.sign({
        method,
        protocol: to.protocol,
        hostname: to.hostname,
        ...(to.port === '' ? {} : { port: Number(to.port) }),
        path: to.pathname,
        query: Object.fromEntries(to.searchParams),
        headers: { ...headers, host: to.host },
        ...(body === undefined ? {} : { body }),
      });
      // fetch writes it itself, out of the URL.
      const { host: _, ...rest } = signed.headers;
      return rest;
    },
    describe: () => `${profile}${accessKeyId ? ` (access key ${accessKeyId})` : ''}, signed for ${region}`,
    wayOut:
      'its user or role needs execute-api:Invoke on this API; choose other credentials with AWS_PROFILE, or for "picferry serve" set PICFERRY_TOKEN',
  };
};

const configuredRegion = async (url: URL, env: Env): Promise<string> => {
  const named = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (named) return named;
  const found = await loadConfig<string>({ ...NODE_REGION_CONFIG_OPTIONS, default: '' }, {})();
  if (found !== '') return found;
  throw new UsageError(
    `which AWS region ${url.host} is in cannot be told from its name: set AWS_REGION; for "picferry serve", see that it runs, or set PICFERRY_TOKEN`,
  );
};
