// From what a person types to the store it means: `s3://bucket/prefix`, a folder, or a name of picferry.json.
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Side } from '../compare/entry.ts';
import type { NamedStore, NamedStores } from './picferry-json.ts';
import { realPathOf } from './real-path.ts';
import { serviceOf } from './s3/address.ts';
import type { FolderSpec, S3Spec, StoreSpec } from './spec.ts';
import { UsageError } from './usage-error.ts';

export { checkPair } from './pair.ts';
export { UsageError } from './usage-error.ts';

export interface AddressOptions {
  readonly side: Side;
  /** Where folders and picferry.json are looked for. */
  readonly cwd: string;
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stores: NamedStores;
}

type NamedS3 = Exclude<NamedStore, { folder: string }>;

export const resolveStore = (text: string, options: AddressOptions): StoreSpec => {
  if (text === '') throw new UsageError(`the ${options.side} is empty: give s3://bucket/prefix, a folder or a name`);
  const address = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(text);
  if (address !== null) return s3Spec({ bucket: address[1] as string, prefix: address[2] as string }, options);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text))
    throw new UsageError(
      `${text}: only s3://bucket/prefix addresses are known; a server of your own is named by --${options.side}-endpoint-url`,
    );
  if (/[/\\]|^[.~]/.test(text)) return folderSpec(text, options);
  const named = Object.hasOwn(options.stores, text) ? options.stores[text] : undefined;
  if (named === undefined) throw new UsageError(unknownName(text, options.stores));
  return 'folder' in named ? folderSpec(named.folder, options, text) : s3Spec(named, options, text);
};

const unknownName = (text: string, stores: NamedStores): string => {
  const names = Object.keys(stores);
  const known = names.length === 0 ? 'names no stores' : `knows ${names.join(', ')}`;
  return `there is no store "${text}": picferry.json ${known}; for a folder of that name write ./${text}, for a bucket s3://${text}`;
};

const folderSpec = (text: string, options: AddressOptions, name?: string): FolderSpec => {
  for (const option of ['endpointUrl', 'region', 'profile'] as const)
    if (options[option] !== undefined)
      throw new UsageError(
        `--${options.side}-${FLAGS[option]} makes no sense: the ${options.side} is the folder ${text}`,
      );
  if (text.includes('\0')) throw new UsageError(`the ${options.side}'s path holds a NUL`);
  if (!text.isWellFormed()) throw new UsageError(`the ${options.side}'s path is not UTF-8`);
  // Refused before it is looked at: each of its folders is.
  if (Buffer.byteLength(text) > PATH_MAX_BYTES)
    throw new UsageError(`the ${options.side}'s path is longer than any may be (${PATH_MAX_BYTES} bytes)`);
  const path = realPathOf(resolve(options.cwd, expanded(text, options.env)));
  return { type: 'folder', ...(name === undefined ? {} : { name }), path };
};

const PATH_MAX_BYTES = 4_096;

const FLAGS = { endpointUrl: 'endpoint-url', region: 'region', profile: 'profile' } as const;

const expanded = (text: string, env: AddressOptions['env']): string => {
  const home = /^~(?=$|[/\\])/;
  if (text.startsWith('~') && !home.test(text))
    throw new UsageError(`${text}: only your own ~ is known; write the other person's folder out, or ./${text}`);
  return text.replace(home, () => env.HOME || homedir());
};

const s3Spec = (store: NamedS3, options: AddressOptions, name?: string): S3Spec => {
  const endpointUrl = endpointOf(options.endpointUrl ?? store.endpointUrl ?? endpointInEnv(options.env), options);
  const region = options.region ?? store.region;
  const profile = options.profile ?? store.profile;
  const aws = endpointUrl === undefined || serviceOf({ bucket: store.bucket, endpointUrl, region: '' }) === 'aws';
  return {
    type: 's3',
    ...(name === undefined ? {} : { name }),
    bucket: validBucket(store.bucket, aws, options),
    prefix: prefixOf(store.prefix ?? '', options),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(store.role === undefined ? {} : { role: store.role }),
    ...(store.secret === undefined ? {} : { secret: store.secret }),
    createOnly: store.createOnly ?? (aws ? 'native' : 'headFirst'),
  };
};

/** As the SDKs and the AWS command line read them; an empty value is none. */
const endpointInEnv = (env: AddressOptions['env']): string | undefined =>
  env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true'
    ? undefined
    : env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;

const endpointOf = (text: string | undefined, { side }: AddressOptions): string | undefined => {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new UsageError(`${text} is no endpoint URL for the ${side}: write it like https://s3.example.com:9000`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`the ${side}'s endpoint URL holds credentials: put them into a profile or AWS_ACCESS_KEY_ID`);
  return url.href.replace(/\/+$/, '');
};

/** `cam1` as a bare prefix would match `cam10` too. */
const prefixOf = (text: string, { side }: AddressOptions): string => {
  const prefix = text === '' || text.endsWith('/') ? text : `${text}/`;
  if (!prefix.isWellFormed()) throw new UsageError(`the ${side}'s prefix is not UTF-8`);
  if (Buffer.byteLength(prefix) > 1_024)
    throw new UsageError(`the ${side}'s prefix is longer than a key may be (1,024 bytes)`);
  return prefix;
};

/** AWS's rules; other services allow more (and AWS did once), so there only what breaks an address is refused. */
const AWS_BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const OTHER_BUCKET = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

const validBucket = (bucket: string, aws: boolean, { side }: AddressOptions): string => {
  if ((aws ? AWS_BUCKET : OTHER_BUCKET).test(bucket)) return bucket;
  throw new UsageError(
    `"${bucket}" is no bucket name (the ${side}): 3 to 63 lower-case letters, digits, dots and hyphens, as in s3://my-bucket/prefix`,
  );
};
