// Half-open spans of keys, `(after, upTo]`: how the key space is cut for listing.
import { compareKeys } from './key.ts';

/** `after: ''` begins before every key, `upTo: null` ends behind every key. */
export interface Range {
  readonly after: string;
  readonly upTo: string | null;
}

export const EVERYTHING: Range = { after: '', upTo: null };

export const contains = (range: Range, key: string): boolean =>
  compareKeys(key, range.after) > 0 && (range.upTo === null || compareKeys(key, range.upTo) <= 0);
