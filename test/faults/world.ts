// Two stores with pictures in them, whatever their kind, and a migration between them: what fault tests put faults around.

import { lstat, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type EmbeddedHost, type EmbeddedOptions, type HostPorts, openEmbedded } from '../../lib/embedded/host.ts';
import { isTemporaryBeside, isTemporaryOfNested, PRIVATE_FOLDER } from '../../lib/stores/folder/paths.ts';
import { openStore } from '../../lib/stores/open-store.ts';
import { openS3Store } from '../../lib/stores/s3/store.ts';
import type { CreateOnly, S3Spec, StoreSpec } from '../../lib/stores/spec.ts';
import type { Store } from '../../lib/stores/store.ts';
import type { MigrationRequest, Options } from '../../lib/workflow/request.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';
import { type Folders, givenFolders } from '../support/embedded-migration.ts';
import type { MemoryBucket, PutOptions } from '../support/memory-s3/bucket.ts';
import { type MemoryS3, memoryS3 } from '../support/memory-s3/memory-s3.ts';
import { KEYS } from '../support/scripted-s3.ts';
import type { Stores } from './ledger.ts';

export type Pictures = ReadonlyMap<string, Buffer>;

/** One side as a test sees it: past Picferry. */
export interface Side {
  readonly spec: StoreSpec;
  /** By hand, as a camera or a person would; dated long ago unless told otherwise. */
  put(key: string, content: string | Buffer, options?: PutOptions): Promise<void>;
  remove(key: string): Promise<void>;
  /** Every picture, without what Picferry keeps beside them. */
  content(): Promise<Pictures>;
  /** Their names alone. */
  keys(): Promise<ReadonlySet<string>>;
  /** Temporary files and open uploads: nothing of the kind may stay behind. */
  leftovers(): Promise<string[]>;
  /** Of an S3 side. */
  readonly bucket?: MemoryBucket;
  readonly service?: MemoryS3;
}

export interface World {
  readonly stores: Stores;
  readonly folders: Folders;
  readonly source: Side;
  readonly destination: Side;
  request(mode?: 'check' | 'sync', options?: Partial<Options>): MigrationRequest;
  /** Closed when the test is over; its S3 stores try again without long pauses. */
  host(options?: EmbeddedOptions): Promise<EmbeddedHost>;
}

export interface WorldOptions {
  readonly stores: Stores;
  readonly createOnly?: CreateOnly;
  /** Keys on a page of a listing; 1,000 as S3 does unless told otherwise. */
  readonly pageSize?: number;
  readonly now?: () => number;
  readonly copyObjectMaxBytes?: number;
  /** Of stores that pictures stream to. */
  readonly partSizeBytes?: number;
  /** Tries of the S3 client, the first one included. */
  readonly maxAttempts?: number;
  /** Services that many worlds share, each under bucket names of its own; `pageSize`, `now` and the like are theirs then. */
  readonly services?: { readonly source: MemoryS3; readonly another: MemoryS3; readonly bucketSuffix: string };
}

export const LONG_AGO = Date.UTC(2020, 0, 1);

export const givenWorld = async (context: Cleanup, options: WorldOptions): Promise<World> => {
  const { stores } = options;
  const folders = await givenFolders(context);
  const [from, to] = stores.split(' → ') as ['folder' | 'S3', 'folder' | 'S3' | 'another S3'];
  const ofSource = async () => options.services?.source ?? (await aService(context, options));
  const ofAnother = async () => options.services?.another ?? (await aService(context, options));
  const services = {
    source: from === 'S3' ? await ofSource() : undefined,
    another: to === 'another S3' || (to === 'S3' && from === 'folder') ? await ofAnother() : undefined,
  };
  const { source, another = source } = services;
  const { bucketSuffix = '' } = options.services ?? {};
  const createOnly = options.createOnly ?? 'native';
  const world = {
    stores,
    folders,
    source: source ? bucketSide(source, `old${bucketSuffix}`, createOnly) : folderSide(folders.source),
    destination:
      to !== 'folder' && another
        ? bucketSide(another, `new${bucketSuffix}`, createOnly)
        : folderSide(folders.destination),
  };
  const request: World['request'] = (mode = 'sync', asked = {}) => ({
    mode,
    source: world.source.spec,
    destination: world.destination.spec,
    options: { ...DEFAULT_OPTIONS, ...asked },
  });
  const host: World['host'] = async (hostOptions = {}) => {
    const opened: Store[] = [];
    const around = (ports: HostPorts): HostPorts => {
      const patient = { ...ports, openStore: storesOf(opened, options) };
      return hostOptions.around?.(patient) ?? patient;
    };
    const made = await openEmbedded({
      stateDir: folders.stateDir,
      checkLimits: true,
      numbers: { RetrySeconds: 0 },
      ...hostOptions,
      around,
    });
    let closing: Promise<unknown> | undefined;
    const close = async (): Promise<void> => {
      closing ??= made.close().then(() => Promise.all(opened.map((store) => store.close())));
      await closing;
    };
    folders.closing.push(close);
    return { ...made, close };
  };
  return { ...world, request, host };
};

const aService = async (context: Cleanup, { pageSize, now, createOnly, copyObjectMaxBytes }: WorldOptions) => {
  const service = await memoryS3({
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(now === undefined ? {} : { now }),
    ...(copyObjectMaxBytes === undefined ? {} : { copyObjectMaxBytes }),
    ignoresWriteConditions: createOnly === 'headFirst',
  });
  context.after(async () => service[Symbol.asyncDispose]());
  return service;
};

/** As the process would open them, once each, but tried again at once and with keys at hand. */
const storesOf = (opened: Store[], { partSizeBytes, maxAttempts }: WorldOptions): HostPorts['openStore'] => {
  const cache = new Map<string, Promise<Store>>();
  return async (spec, side) => {
    const name = JSON.stringify([side, spec]);
    const found = cache.get(name);
    if (found) return found;
    const opening =
      spec.type === 'folder'
        ? openStore(spec, { side })
        : openS3Store(spec, {
            credentials: async () => KEYS,
            retryDelayMs: 1,
            silenceMs: 2_000,
            longSilenceMs: 2_000,
            ...(partSizeBytes === undefined ? {} : { partSizeBytes }),
            ...(maxAttempts === undefined ? {} : { maxAttempts }),
          });
    cache.set(name, opening);
    opening.then((store) => opened.push(store)).catch(() => cache.delete(name));
    return opening;
  };
};

const PREFIX = 'pictures+/';

export const bucketSide = (service: MemoryS3, name: string, createOnly: CreateOnly): Side => {
  const bucket = service.bucket(name);
  const { endpointUrl } = service;
  const spec: S3Spec = { type: 's3', bucket: name, prefix: PREFIX, endpointUrl, region: 'us-east-1', createOnly };
  // Beside the prefix: never part of a migration.
  bucket.put('pictures+', 'not below the prefix', { modifiedAt: LONG_AGO });
  return {
    spec,
    bucket,
    service,
    put: async (key, content, options = {}) =>
      void bucket.put(PREFIX + key, content, { modifiedAt: LONG_AGO, ...options }),
    remove: async (key) => bucket.remove(PREFIX + key),
    content: async () =>
      new Map(
        bucket
          .keys()
          .filter((key) => key.startsWith(PREFIX))
          .map((key) => [key.slice(PREFIX.length), bucket.objects.get(key)!.body]),
      ),
    keys: async () =>
      new Set(
        [...bucket.objects.keys()].filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)),
      ),
    leftovers: async () => [...bucket.uploads.values()].map(({ key }) => `an open upload of ${key}`),
  };
};

/** Exactly Picferry's own names: pictures may be called nearly like them. */
/** Relative names of all files; again where a folder went away while it was looked into. */
export const filesBelow = async (path: string): Promise<string[]> => {
  for (let look = 1; ; look++) {
    try {
      const found = await readdir(path, { recursive: true, withFileTypes: true });
      return found.filter((one) => one.isFile()).map((one) => relative(path, join(one.parentPath, one.name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || look === 50) throw error;
    }
  }
};

const isOurs = (name: string): boolean => {
  const [, folder = '', last = ''] = /^(.*\/)?([^/]*)$/s.exec(name) ?? [];
  return name.startsWith(`${PRIVATE_FOLDER}/`) || isTemporaryBeside(last) || isTemporaryOfNested(folder, last);
};

export const folderSide = (path: string): Side => {
  const files = (): Promise<string[]> => filesBelow(path);
  return {
    spec: { type: 'folder', path },
    put: async (key, content, { modifiedAt = LONG_AGO } = {}) => {
      const file = join(path, key);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      await utimes(file, modifiedAt / 1_000, modifiedAt / 1_000);
    },
    remove: (key) => rm(join(path, key)),
    content: async () => {
      const names = (await files()).filter((name) => !isOurs(name));
      return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name))] as const)));
    },
    keys: async () => new Set((await files()).filter((name) => !isOurs(name))),
    leftovers: async () => {
      const ours = await lstat(join(path, '.picferry')).catch(() => undefined);
      return [...(ours ? ['the folder .picferry'] : []), ...(await files()).filter(isOurs)];
    },
  };
};
