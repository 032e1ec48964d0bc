// What a List invocation has found since its last commit, stretch by stretch, until it is written to shards.
import { capturedAt } from '../compare/capture.ts';
import type { Entry } from '../compare/entry.ts';
import { isTooYoung, type Joined, type Rules } from '../compare/findings.ts';
import type { KeyPattern } from '../compare/key-pattern.ts';
import type { Range } from '../compare/range.ts';
import type { ToDo } from './task-document.ts';

/** An entry that belongs in a list: flat, because tens of thousands wait in memory for their commit. */
export interface Found {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** ms. */
  readonly capturedAt: number;
  readonly finding: 'missingOnDestination' | 'different' | 'archived' | 'settling';
  /** By `--min-age`: its bytes are perhaps not all there. */
  readonly tooYoung: boolean;
}

export const foundIn = (
  entry: Entry,
  finding: Found['finding'],
  { keyPattern, minAgeMs, listedAt }: FoundWith,
): Found => ({
  key: entry.key,
  size: entry.size,
  capturedAt: capturedAt(entry, keyPattern),
  finding,
  tooYoung: isTooYoung(entry, { minAgeMs }, listedAt),
});

export interface FoundWith extends Pick<Rules, 'minAgeMs'> {
  readonly keyPattern: KeyPattern | undefined;
  /** The source server's clock when the listing began, ms. */
  readonly listedAt: number;
}

/** Both sides hold the key, and only their content can tell whether they are the same. */
export type BothSides = Joined & { readonly source: Entry; readonly destination: Entry };

/** One range being read: how far it is, and what lies between the last commit and there. */
export class Segment {
  readonly of: number;
  readonly upTo: string | null;
  /** The source server's clock when this listing began, ms. */
  listedAt = 0;
  /** All keys up to here have been looked at; null: the whole range. */
  private position: string | null;
  private committed: string | null;
  private found: Found[] = [];
  private uncompared: BothSides[] = [];

  constructor({ of, range }: ToDo) {
    this.of = of;
    this.upTo = range.upTo;
    this.position = range.after;
    this.committed = range.after;
  }

  take(found: Found): void {
    this.found.push(found);
  }

  takeUncompared(both: BothSides): void {
    this.uncompared.push(both);
  }

  reached(key: string): void {
    this.position = key;
  }

  complete(): void {
    this.position = this.upTo;
    this.done = true;
  }

  done = false;

  get buffered(): number {
    return this.found.length + this.uncompared.length;
  }

  get uncomparedCount(): number {
    return this.uncompared.length;
  }

  /** Hands out everything since the last commit and starts afresh from here. */
  cut(): Stretch {
    const stretch: Stretch = {
      of: this.of,
      after: this.committed,
      upTo: this.position,
      listedAt: this.listedAt,
      found: this.found,
      uncompared: this.uncompared,
    };
    this.committed = this.position;
    this.found = [];
    this.uncompared = [];
    return stretch;
  }

  /** What a later invocation would have to read; undefined when nothing. */
  get toDo(): ToDo | undefined {
    if (this.done) return undefined;
    const range: Range = { after: this.position ?? '', upTo: this.upTo };
    return { of: this.of, range };
  }
}

/** A contiguous piece of one range, with what was found in it in key order. */
export interface Stretch {
  readonly of: number;
  readonly after: string | null;
  readonly upTo: string | null;
  readonly listedAt: number;
  readonly found: readonly Found[];
  readonly uncompared: readonly BothSides[];
}
