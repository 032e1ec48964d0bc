// What a List invocation has found since its last commit, stretch by stretch, until it is written to shards.
import { capturedAt } from '../compare/capture.ts';
import { type Entry, SIDES, type Side } from '../compare/entry.ts';
import { isTooYoung, type Joined, keyOf, type Rules } from '../compare/findings.ts';
import { compareKeys, onItsOwn } from '../compare/key.ts';
import type { KeyPattern } from '../compare/key-pattern.ts';
import { ListedRange } from '../compare/splitter.ts';
import { cutPlace, type Place, wholePlace } from './place.ts';
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
  key: onItsOwn(entry.key),
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
  place: Place;
  /** How far it is; its end comes down where it is cut. */
  readonly listed: ListedRange;
  /** Sides that hold nothing in it, as whoever it was cut off from has seen. */
  readonly without: ReadonlySet<Side>;
  /** Sides listed to their end, and the last key of each. */
  readonly endedAt = new Map<Side, string>();
  /** The source server's clock when this listing began, ms. */
  listedAt = 0;
  private committed: string | null;
  private found: Found[] = [];
  private uncompared: BothSides[] = [];

  constructor({ of, range, place = wholePlace(of) }: ToDo, listed = new ListedRange(range), without?: Set<Side>) {
    this.of = of;
    this.place = place;
    this.listed = listed;
    this.without = without ?? new Set();
    this.committed = range.after;
  }

  /** Something is still to come, and there is a number for its upper part. */
  get mayBeCut(): boolean {
    const goesOn = SIDES.some((side) => !this.without.has(side) && !this.endedAt.has(side));
    return goesOn && !this.done && cutPlace(this.place) !== undefined;
  }

  /** The upper part, which this one has just given up. */
  cutOff(listed: ListedRange): Segment {
    const { of, place, endedAt } = this;
    const [lower, upper] = cutPlace(place)!;
    this.place = lower;
    const { position, upTo } = listed;
    const without = new Set([...this.without, ...[...endedAt.keys()].filter((side) => this.hasNoneAhead(side))]);
    return new Segment({ of, range: { after: position, upTo }, place: upper }, listed, without);
  }

  /** Those up to its end, which may have come down while their page was on its way. */
  within(batch: readonly Joined[]): readonly Joined[] {
    const last = batch.at(-1);
    if (last === undefined || isBefore(last, this.listed)) return batch;
    return batch.filter((one) => isBefore(one, this.listed));
  }

  private hasNoneAhead(side: Side): boolean {
    const last = this.endedAt.get(side);
    return last !== undefined && compareKeys(last, this.listed.position) <= 0;
  }

  take(found: Found): void {
    this.found.push(found);
  }

  takeUncompared(both: BothSides): void {
    this.uncompared.push(both);
  }

  complete(): void {
    this.done = true;
  }

  done = false;

  /** All keys up to here have been looked at; null: the whole range. */
  private get position(): string | null {
    return this.done ? this.listed.upTo : this.listed.position;
  }

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
      order: this.place.from,
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
    const { of, place, listed } = this;
    return { of, range: { after: listed.position, upTo: listed.upTo }, ...(place.to - place.from < 1 && { place }) };
  }
}

const isBefore = (one: Joined, { upTo }: ListedRange): boolean => upTo === null || compareKeys(keyOf(one), upTo) <= 0;

/** A contiguous piece of one range, with what was found in it in key order. */
export interface Stretch {
  readonly of: number;
  /** Where it stands in key order among the task's. */
  readonly order: number;
  readonly after: string | null;
  readonly upTo: string | null;
  readonly listedAt: number;
  readonly found: readonly Found[];
  readonly uncompared: readonly BothSides[];
}
