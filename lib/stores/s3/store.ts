// A bucket, or a prefix of one, as a store.
import type { Entry } from '../../compare/entry.ts';
import type { Range } from '../../compare/range.ts';
import { addressOf, type S3Spec } from '../spec.ts';
import type {
  ListingPage,
  MemoryBudget,
  OpenPicture,
  PictureFacts,
  ReadGuard,
  ReadOptions,
  ReadRefusal,
  Store,
  WriteGuard,
  WriteOptions,
  WriteResult,
} from '../store.ts';
import { encodeKey, regionInEndpoint } from './address.ts';
import { type ClientSettings, DEFAULT_CLIENT_SETTINGS, S3Client } from './client.ts';
import { type CredentialsProvider, cacheCredentials, credentialsOf, regionOf } from './credentials.ts';
import { md5InEtag } from './facts.ts';
import { isS3Failure } from './failure.ts';
import type { Target } from './guard.ts';
import { listRange, prefixesBelow } from './listing.ts';
import { abortUpload } from './multipart.ts';
import { headObject, openObject } from './objects.ts';
import { storeError } from './way-out.ts';
import { writePicture } from './write.ts';

export interface S3StoreOptions extends Partial<ClientSettings> {
  /** Instead of what the spec says: deployed, the keys of a secret; in tests, fixed ones. */
  readonly credentials?: CredentialsProvider;
  /** What is larger is uploaded in parts of this size. */
  readonly partSizeBytes?: number;
}

const PART_SIZE_BYTES = 64 * 1024 * 1024;

export const openS3Store = async (spec: S3Spec, options: S3StoreOptions = {}): Promise<S3Store> => {
  const { credentials, partSizeBytes = PART_SIZE_BYTES, ...settings } = options;
  const { bucket, endpointUrl } = spec;
  const inEndpoint = endpointUrl === undefined ? undefined : regionInEndpoint(endpointUrl);
  const region = spec.region ?? inEndpoint ?? (await regionOf(spec));
  const client = S3Client.open(
    { bucket, region, ...(endpointUrl === undefined ? {} : { endpointUrl }) },
    cacheCredentials(credentials ?? credentialsOf(spec), spec),
    { ...DEFAULT_CLIENT_SETTINGS, ...settings },
  );
  return new S3Store(spec, client, partSizeBytes);
};

export class S3Store implements Store {
  readonly spec: S3Spec;
  readonly address: string;
  readonly target: Target;
  private readonly partSizeBytes: number;

  constructor(spec: S3Spec, client: S3Client, partSizeBytes: number) {
    this.spec = spec;
    this.address = addressOf(spec);
    this.target = { client, createOnly: spec.createOnly };
    this.partSizeBytes = partSizeBytes;
  }

  /** The bucket's own name of a picture. */
  fullKey(key: string): string {
    return this.spec.prefix + key;
  }

  /** As `x-amz-copy-source` wants it. */
  copySource(key: string): string {
    return `${this.spec.bucket}/${encodeKey(this.fullKey(key))}`;
  }

  list(range: Range): AsyncIterable<ListingPage> {
    return listRange(this.target.client, this.spec.prefix, range);
  }

  prefixesBelow(prefix: string, maxRequests: number) {
    return prefixesBelow(this.target.client, this.spec.prefix, prefix, maxRequests);
  }

  async facts(key: string, { tags = false }: { readonly tags?: boolean } = {}): Promise<PictureFacts | undefined> {
    // No S3 key has a lone surrogate, so nothing can stand there.
    if (!key.isWellFormed()) return undefined;
    try {
      return await headObject(this.target.client, this.fullKey(key), { tags });
    } catch (error) {
      throw isS3Failure(error) ? storeError(error) : error;
    }
  }

  async read(key: string, guard: ReadGuard, options: ReadOptions): Promise<OpenPicture | ReadRefusal> {
    if (!key.isWellFormed()) return { outcome: 'goneFromSource' };
    return openObject(this.target.client, this.fullKey(key), guard, options);
  }

  write(
    key: string,
    picture: OpenPicture,
    guard: WriteGuard,
    options: WriteOptions,
    memory: MemoryBudget,
  ): Promise<WriteResult> {
    const { target, partSizeBytes } = this;
    return writePicture({ target, key: this.fullKey(key), picture, guard, options, memory, partSizeBytes });
  }

  abandon(key: string, uploadId: string): Promise<void> {
    return abortUpload(this.target.client, { key: this.fullKey(key), uploadId });
  }

  /** No listing tells which objects KMS encrypted: two that differ may still be equal, which only `facts` can tell. */
  async md5(entry: Entry): Promise<string | undefined> {
    return md5InEtag(entry.etag);
  }

  close(): Promise<void> {
    return this.target.client.close();
  }
}
