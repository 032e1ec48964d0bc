// What one side of a pair says about one key.

export type Side = 'source' | 'destination';
export const SIDES: readonly Side[] = ['source', 'destination'];

/** Why a folder cannot hand out or take what stands under a name. */
export type EntryProblem = 'unreadable' | 'link' | 'specialFile' | 'notUtf8';

/** One listed picture. Millions of them pass through, so it stays flat and small. */
export interface Entry {
  /** Relative to the store's prefix. A folder name that is no UTF-8 carries its odd bytes as U+DC80..U+DCFF. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970: S3's LastModified, a file's mtime. */
  readonly modifiedAt: number;
  /** Without its quotes. Folders have none. */
  readonly etag?: string;
  /** In an archive class and not restored: cannot be read now. */
  readonly archived?: true;
  /** An entry that cannot be read as a picture; the copy ends as `failed(<problem>)`. */
  readonly problem?: EntryProblem;
  /**
   * A folder's directory, named `cam1/`: it answers a console folder marker on the other side and is
   * otherwise nobody's key, so a comparison drops it unless the other side names the same key for real.
   */
  readonly directory?: true;
}

/** Pictures counted and weighed. */
export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

export const NOTHING: Amount = { count: 0, bytes: 0 };

export const plus = (a: Amount, b: Amount): Amount => ({ count: a.count + b.count, bytes: a.bytes + b.bytes });
export const minus = (a: Amount, b: Amount): Amount => ({ count: a.count - b.count, bytes: a.bytes - b.bytes });
export const sameAmount = (a: Amount, b: Amount): boolean => a.count === b.count && a.bytes === b.bytes;
