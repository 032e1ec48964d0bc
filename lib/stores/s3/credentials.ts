// Whose keys sign a store's requests: found lazily, kept until shortly before they expire.
import { StoreRefused, StoreUnavailable } from '../errors.ts';
import { addressOf, type S3Spec } from '../spec.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type CredentialsProvider = () => Promise<Credentials>;

/** Fresh ones are fetched this long before the old ones end: a copy that begins now must still finish. */
const REFRESH_BEFORE_MS = 5 * 60_000;

export interface CachedCredentials {
  get(): Promise<Credentials>;
  /** The service said they are no good any more. */
  forget(): void;
}

export const cacheCredentials = (provider: CredentialsProvider, spec: S3Spec): CachedCredentials => {
  let kept: Credentials | undefined;
  let fetching: Promise<Credentials> | undefined;
  const fetchThem = async (): Promise<Credentials> => {
    try {
      kept = await provider();
      return kept;
    } catch (error) {
      if (error instanceof StoreRefused || error instanceof StoreUnavailable) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new StoreRefused(
        `no credentials for ${addressOf(spec)}: ${why}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the store's profile`,
      );
    } finally {
      fetching = undefined;
    }
  };
  return {
    async get() {
      const endsAt = kept?.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      if (kept && endsAt - Date.now() > REFRESH_BEFORE_MS) return kept;
      fetching ??= fetchThem();
      return fetching;
    },
    forget() {
      kept = undefined;
    },
  };
};

/** Loaded only when the first request is signed: the AWS chain costs start-up time that folders need not pay. */
export const credentialsOf = (spec: S3Spec): CredentialsProvider => {
  let provider: CredentialsProvider | undefined;
  return async () => {
    if (spec.secret !== undefined) {
      throw new StoreRefused(
        `the keys of ${addressOf(spec)} are in the secret "${spec.secret}", which can only be read when deployed`,
      );
    }
    provider ??= await chainOf(spec);
    return provider();
  };
};

const chainOf = async ({ profile, role, region }: S3Spec): Promise<CredentialsProvider> => {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const own = fromNodeProviderChain(profile === undefined ? {} : { profile });
  if (role === undefined) return own;
  return fromTemporaryCredentials({
    params: { RoleArn: role, RoleSessionName: 'picferry' },
    masterCredentials: own,
    ...(region === undefined ? {} : { clientConfig: { region } }),
  });
};

/** Option, AWS_REGION, the profile's region, us-east-1; a wrong one is learnt from the first answer. */
export const regionOf = async ({ region, profile }: S3Spec): Promise<string> => {
  const known = region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (known) return known;
  const { loadConfig, NODE_REGION_CONFIG_OPTIONS } = await import('@smithy/core/config');
  return loadConfig<string>(
    { ...NODE_REGION_CONFIG_OPTIONS, default: 'us-east-1' },
    profile === undefined ? {} : { profile },
  )();
};
