// The stores a deployment may work with: those of picferry.json that a Lambda can reach.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type NamedStores, PICFERRY_JSON, readPicferryJson } from '../stores/picferry-json.ts';
import { SynthesisRefused } from './settings.ts';

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

/** Folders stay out: no Lambda sees them. Where no folder is given and there is no file, it is a deployment without stores. */
export const readDeployedStores = async (folder: string | undefined): Promise<DeployedStores> => {
  if (folder !== undefined && !existsSync(join(folder, PICFERRY_JSON))) {
    throw new SynthesisRefused(
      `There is no ${join(folder, PICFERRY_JSON)}. -c config=DIR names the folder of the ${PICFERRY_JSON} whose stores are deployed.`,
    );
  }
  try {
    return deployable((await readPicferryJson(folder ?? '.')).stores);
  } catch (error) {
    throw new SynthesisRefused((error as Error).message);
  }
};

/** The same file's, as a function is told them; undefined: the table's. */
export const readDeployedPrices = async (folder: string | undefined): Promise<string | undefined> => {
  const { prices } = await readPicferryJson(folder ?? '.');
  if (prices === undefined) return undefined;
  const text = JSON.stringify(prices);
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  throw new SynthesisRefused(`picferry.json says more of prices than a deployment takes: ${MOST_BYTES} bytes.`);
};

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

/** A Lambda's variables hold 4,096 bytes together; names and ARNs of the others take a good thousand in the worst case. */
const MOST_BYTES = 2_800;

export const storesAsText = (stores: DeployedStores): string => {
  const text = JSON.stringify(stores);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_BYTES) return text;
  throw new SynthesisRefused(
    `picferry.json names ${Object.keys(stores).length} stores in ${bytes} bytes; a deployment takes ${MOST_BYTES}. ` +
      'Leave out what is not needed there, or deploy a second stack with -c stackName=… and -c config=….',
  );
};
