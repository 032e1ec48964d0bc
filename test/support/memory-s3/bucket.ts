// A bucket in memory: objects, every version that ever stood under a key, and uploads under way.
import { createHash, randomUUID } from 'node:crypto';

export interface StoredObject {
  readonly body: Buffer;
  /** Without quotes; of parts it carries their number, encrypted with KMS it is no MD5. */
  readonly etag: string;
  /** Whole seconds, as S3 tells it, in ms. */
  readonly modifiedAt: number;
  /** Content headers and user metadata, as byte strings. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** Archived objects can be read for as long as this is in the future, ms. */
  readonly restoredUntil?: number;
  readonly kmsKeyId?: string;
  /** Told to whoever asks with `x-amz-checksum-mode`, names in lower case: `crc32`, `type`, … */
  readonly checksums?: Readonly<Record<string, string>>;
}

export interface PutOptions {
  readonly modifiedAt?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly storageClass?: string;
  readonly restoredUntil?: number;
  readonly kmsKeyId?: string;
  readonly etag?: string;
  readonly checksums?: Readonly<Record<string, string>>;
}

/** Who wrote: a request, or a test by hand. */
export type Writer = 'request' | 'hand';

export interface Version {
  readonly key: string;
  /** undefined: it was removed. */
  readonly object: StoredObject | undefined;
  /** What stood there before. */
  readonly before: StoredObject | undefined;
  readonly by: Writer;
}

export interface UploadUnderWay {
  readonly key: string;
  readonly options: PutOptions;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string }>;
}

export const md5Of = (body: Buffer): string => createHash('md5').update(body).digest('hex');

export class MemoryBucket {
  readonly name: string;
  readonly objects = new Map<string, StoredObject>();
  readonly history: Version[] = [];
  readonly uploads = new Map<string, UploadUnderWay>();
  private readonly clock: () => number;

  constructor(name: string, clock: () => number) {
    this.name = name;
    this.clock = clock;
  }

  put(key: string, body: Buffer | string, options: PutOptions = {}, by: Writer = 'hand'): StoredObject {
    const bytes = Buffer.from(body);
    const md5 = md5Of(bytes);
    const object: StoredObject = {
      body: bytes,
      etag: options.etag ?? (options.kmsKeyId === undefined ? md5 : md5Of(Buffer.from(`${md5}${options.kmsKeyId}`))),
      modifiedAt: Math.floor((options.modifiedAt ?? this.clock()) / 1_000) * 1_000,
      headers: options.headers ?? {},
      tags: options.tags ?? {},
      storageClass: options.storageClass ?? 'STANDARD',
      ...(options.restoredUntil === undefined ? {} : { restoredUntil: options.restoredUntil }),
      ...(options.kmsKeyId === undefined ? {} : { kmsKeyId: options.kmsKeyId }),
      ...(options.checksums === undefined ? {} : { checksums: options.checksums }),
    };
    this.history.push({ key, object, before: this.objects.get(key), by });
    this.objects.set(key, object);
    return object;
  }

  remove(key: string, by: Writer = 'hand'): void {
    this.history.push({ key, object: undefined, before: this.objects.get(key), by });
    this.objects.delete(key);
  }

  begin(key: string, options: PutOptions): string {
    const uploadId = randomUUID();
    this.uploads.set(uploadId, { key, options, parts: new Map() });
    return uploadId;
  }

  /** In the order S3 lists in: by the bytes of their UTF-8. */
  keys(): string[] {
    return [...this.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  /** Archived and not, or no longer, restored: neither GET nor copy reads it. */
  isArchived({ storageClass, restoredUntil = 0 }: StoredObject): boolean {
    return (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE') && restoredUntil <= this.clock();
  }

  /** What requests did to what stood there: overwritten and removed objects. */
  get lost(): Version[] {
    return this.history.filter(
      ({ by, before, object }) => by === 'request' && before !== undefined && before !== object,
    );
  }
}
