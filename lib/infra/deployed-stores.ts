// The stores a deployment may work with: those of picferry.json that a Lambda can reach.
import { type NamedStores, readPicferryJson } from '../stores/picferry-json.ts';

export interface DeployedStore {
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly createOnly?: 'native' | 'headFirst';
  /** ARN of a role in another account. */
  readonly role?: string;
  /** Name of the secret that holds the keys of an S3-compatible service. */
  readonly secret?: string;
}

export type DeployedStores = Readonly<Record<string, DeployedStore>>;

/** Folders stay out: no Lambda sees them. No file is a deployment without stores, which can be looked at. */
export const readDeployedStores = async (folder: string): Promise<DeployedStores> =>
  deployable(await readPicferryJson(folder));

export const deployable = (stores: NamedStores): DeployedStores => {
  const reachable: Record<string, DeployedStore> = {};
  for (const [name, store] of Object.entries(stores)) {
    if ('folder' in store) continue;
    // Profiles are a matter of the machine they are configured on.
    const { profile: _profile, prefix = '', ...rest } = store;
    reachable[name] = { ...rest, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
  }
  return reachable;
};

/** A Lambda's variables hold 4 KB together. */
const MOST_BYTES = 3_500;

export const storesAsText = (stores: DeployedStores): string => {
  const text = JSON.stringify(stores);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_BYTES) return text;
  throw new Error(
    `picferry.json names ${Object.keys(stores).length} stores in ${bytes} bytes; a deployment takes ${MOST_BYTES}. ` +
      'Name buckets without prefixes (a request may narrow a store to a prefix below it), or deploy a second stack with -c stackName=….',
  );
};
