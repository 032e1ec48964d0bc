// The stores that requests to `serve` may name: those of picferry.json and those of --allow. There are no others.
import type { KnownStores } from '../api/ports.ts';
import { checkPair, resolveStore } from '../stores/address.ts';
import { refuseOtherThanFolder, refuseSecret } from '../stores/here.ts';
import { type NamedStore, type NamedStores, PICFERRY_JSON, readPicferryJson } from '../stores/picferry-json.ts';
import { UsageError } from '../stores/usage-error.ts';

export interface KnownStoresOptions {
  /** Where picferry.json is looked for, and folders named relatively. Read once. */
  readonly cwd: string;
  /** `NAME=FOLDER` or `NAME=s3://bucket/prefix`. */
  readonly allow: readonly string[];
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Throws `UsageError` for an --allow that cannot be used. */
export const readKnownStores = async ({ cwd, allow, stateDir, env }: KnownStoresOptions): Promise<KnownStores> => {
  const stores = withAllowed((await readPicferryJson(cwd)).stores, allow);
  const known: KnownStores = {
    names: Object.keys(stores),
    resolve: (name, side) => {
      // Only names are looked up: an address or a path would be taken for what it says.
      if (!Object.hasOwn(stores, name)) return undefined;
      const store = resolveStore(name, { side, cwd, env, stores });
      refuseSecret(store);
      return store;
    },
    checkPair: (source, destination) => {
      checkPair(source, destination, { stateDir });
      refuseOtherThanFolder('source', source);
      refuseOtherThanFolder('destination', destination);
    },
  };
  // A slip in --allow is told at the start, not by the first request.
  for (const text of allow) resolveStore(nameOf(text), { side: 'source', cwd, env, stores });
  return known;
};

const withAllowed = (ofFile: NamedStores, allow: readonly string[]): NamedStores => {
  const stores = new Map<string, NamedStore>(Object.entries(ofFile));
  for (const text of allow) {
    const name = nameOf(text);
    if (stores.has(name)) {
      const where = Object.hasOwn(ofFile, name) ? `${PICFERRY_JSON} names a store "${name}" too` : 'it stands twice';
      throw new UsageError(`--allow ${text}: ${where}; give one of them another name`);
    }
    stores.set(name, storeOf(text));
  }
  return Object.fromEntries(stores);
};

/** As in picferry.json: what looks like a folder would be taken for one. */
const NAME = /^[^./\\~=][^/\\=]*$/;

const nameOf = (text: string): string => {
  const name = text.slice(0, text.indexOf('='));
  if (text.includes('=') && NAME.test(name)) return name;
  throw new UsageError(
    `--allow ${text}: write NAME=FOLDER or NAME=s3://bucket/prefix; a name holds no / and does not begin with . or ~`,
  );
};

const storeOf = (text: string): NamedStore => {
  const address = text.slice(text.indexOf('=') + 1);
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/is.exec(address) ?? [];
  if (bucket !== undefined) return { bucket, prefix };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address) || !/[/\\]|^[.~]/.test(address)) {
    throw new UsageError(
      `--allow ${text}: "${address}" is neither a folder nor s3://bucket/prefix; for a folder of that name write ./${address}`,
    );
  }
  return { folder: address };
};
