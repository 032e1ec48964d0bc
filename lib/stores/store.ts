// What a store is: the one port that S3 and folders implement, proved by test/contract/store.contract.ts.
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Entry } from '../compare/entry.ts';
import type { Range } from '../compare/range.ts';
import type { StoreSpec } from './spec.ts';

/** A stretch of a listing. An incomplete listing never ends quietly: it throws `IncompleteListing` or `StoreRefused`. */
export interface ListingPage {
  /** In code-point key order, strictly ascending, across pages too. Handed over: whoever reads them may empty it. */
  readonly entries: Entry[];
  /** The server's clock when this page was made, in ms since 1970 (a folder: this machine's, when the listing began). */
  readonly at: number;
  /** Nothing follows in the range, as far as the store can tell already. */
  readonly isLast?: boolean;
}

/** What HTTP and file systems tell of a picture beside its bytes; everything a copy keeps. */
export interface PictureFacts {
  readonly size: number;
  readonly modifiedAt: number;
  readonly etag?: string;
  /** A folder's: tells apart what has the same size and time. */
  readonly version?: string;
  /** MD5 of the whole content in hex, where the store knows it for certain (single-part ETag without KMS). */
  readonly md5?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly cacheControl?: string;
  readonly expires?: string;
  readonly websiteRedirectLocation?: string;
  /** User metadata without the `x-amz-meta-` prefix, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Absent: not read (S3 reads tags only when asked to). */
  readonly tags?: Readonly<Record<string, string>>;
  /** When the content was made, in ms: a file's mtime, else S3's `mtime` metadata (seconds, as rclone writes it). */
  readonly originalTime?: number;
}

/** What must still hold of the source's picture for its bytes to be taken. */
export interface ReadGuard {
  /** Bytes, as listed. */
  readonly size: number;
  /** The source server's clock when the listing began, ms. */
  readonly listedAt: number;
}

/** A picture opened for reading. `settled` resolves after the body ended, telling whether it changed meanwhile. */
export interface OpenPicture {
  readonly facts: PictureFacts;
  readonly body: Readable;
  /** A file's: writes its bytes into another one and tells how many they were; `body` is left unread then, and its error is this one's. */
  passTo?(file: FileHandle): Promise<number>;
  /** Call after the body was read to its end: true where what was read is what had been listed. */
  unchanged(): Promise<boolean>;
  /** After the body's end: what the source's own checksum says against the bytes that passed. Absent: `facts.md5` is all it knows. */
  damage?(): string | undefined;
}

export interface ReadOptions {
  readonly tags: boolean;
  /** Once aborted, what is still to come is not waited for: reading fails. */
  readonly giveUp?: AbortSignal;
}

/** Why reading did not happen. */
export type ReadRefusal =
  | { readonly outcome: 'goneFromSource' | 'changedOnSource' }
  | { readonly outcome: 'failed'; readonly reason: string; readonly detail?: string };

/** What a write may do to what stands under the key. */
export type WriteGuard =
  | { readonly kind: 'create' }
  /** Overwrite exactly the version that was just read: its ETag (S3), its size and mtime (folder). */
  | { readonly kind: 'replace'; readonly was: PictureFacts };

export type WriteResult =
  | { readonly outcome: 'written' }
  /** Something stands under the key (create), or what stood there changed (replace); nothing was written. */
  | { readonly outcome: 'occupied' }
  /** `picture.unchanged()` said no after the body had passed; nothing was kept. */
  | { readonly outcome: 'changedOnSource' }
  | { readonly outcome: 'failed'; readonly reason: string; readonly detail?: string };

export interface WriteOptions {
  readonly storageClass?: string;
  readonly sseKmsKeyId?: string;
  readonly tags: boolean;
  /** Awaited once an upload in parts has begun, before its first part: whoever dies from here on leaves it behind. */
  readonly onUpload?: (uploadId: string) => Promise<void>;
  /** Once aborted, bytes that have to wait for their turn are not sent any more: the write fails. */
  readonly giveUp?: AbortSignal;
}

/** Held by whoever buffers bodies, so that one process stays under its limit of bytes in memory. */
export interface MemoryBudget {
  take(bytes: number): Promise<() => void>;
}

export interface Store {
  readonly spec: StoreSpec;
  /** For messages and for the lock: `s3://bucket/prefix` (with the endpoint where it is not AWS) or the folder's real path. */
  readonly address: string;
  /** The entries of a range, ascending, in pages. Throws on disorder and on a listing that is cut short. */
  list(range: Range): AsyncIterable<ListingPage>;
  /**
   * The names ending in `/` directly below `prefix` (itself empty or ending in `/`), ascending; at most `maxRequests` requests.
   * Not all of them where that is too few, or where those asked so far brought mostly pictures.
   */
  prefixesBelow(
    prefix: string,
    maxRequests: number,
  ): Promise<{ readonly prefixes: readonly string[]; readonly requests: number }>;
  /** undefined: nothing there. Throws `StoreRefused` where it may not be told. */
  facts(key: string, options?: { readonly tags?: boolean }): Promise<PictureFacts | undefined>;
  read(key: string, guard: ReadGuard, options: ReadOptions): Promise<OpenPicture | ReadRefusal>;
  /** Hashes what passes; a body that does not match `facts.md5`, `facts.size` or has `damage` keeps nothing and is `failed(corrupted)`. */
  write(
    key: string,
    picture: OpenPicture,
    guard: WriteGuard,
    options: WriteOptions,
    memory: MemoryBudget,
  ): Promise<WriteResult>;
  /** Gives back the storage of an upload that nobody will complete. Harmless where it is gone, or was never one. */
  abandon(key: string, uploadId: string): Promise<void>;
  /** MD5 in hex of what is under the key, for `--checksum`; undefined where it is not comparable without reading from a service. */
  md5(entry: Entry): Promise<string | undefined>;
  /** Asked of a destination before anything is written: clears away what dead runs left half-written there, nothing else. */
  tidy?(): Promise<void>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export const wasOpened = (opened: OpenPicture | ReadRefusal): opened is OpenPicture => 'body' in opened;
