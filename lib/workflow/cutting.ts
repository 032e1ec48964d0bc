// How many ranges to list at once: more while more bring more, and few where the service's own work is all there is.

/** So long a listing takes before a service near by is asked for more at once, and before what did not help is tried again. */
const LONG_MS = 5_000;
/** More at once must bring clearly more pages a second. */
const CLEARLY_MORE = 1.25;
/** So many tell how near the service is and what a page takes there: the very first ones wait for connections. */
const PAGES_TO_JUDGE = 3;
/** Times as many ranges as are proven: where fewer were there to be listed, nothing was tried. */
const CLEARLY_MORE_RANGES = 1.5;

export interface CuttingParts {
  /** A page that takes less comes from near by; 0: cut whatever can be cut. */
  readonly nearPageMs: number;
  /** ms; must never go back. */
  readonly now: () => number;
}

/** A page that was asked for. */
export interface Asked {
  /** ms. */
  readonly at: number;
  /** Ranges being listed then, its own among them. */
  readonly open: number;
}

/** What pages took: how many they were, how many ranges were open beside each, and its time in ms, added up. */
interface Seen {
  readonly pages: number;
  readonly open: number;
  readonly ms: number;
}

const NONE: Seen = { pages: 0, open: 0, ms: 0 };

export class Cutting {
  private readonly parts: CuttingParts;
  private readonly began: number;
  private quickestMs = Number.POSITIVE_INFINITY;
  /** Keys on a full page, as far as seen. */
  private fullPage = 1;
  /** What was seen to pay: so many ranges, which bring so many pages a millisecond. undefined: nothing was tried yet. */
  private proven: { readonly ranges: number; readonly rate: number } | undefined;
  /** How many are tried, to see whether they pay; undefined: as many as are proven. */
  private tried: number | undefined;
  private triesAt: number | undefined;
  private pauseMs = LONG_MS;
  /** When there were as many as are tried; what was asked for before says nothing about them. */
  private reachedAt: number | undefined;
  private seen = NONE;

  constructor(parts: CuttingParts) {
    this.parts = parts;
    this.began = parts.now();
    this.reachedAt = this.began;
  }

  asks(open: number): Asked {
    return { at: this.parts.now(), open };
  }

  /** One was read, with so many keys. What is far from full takes less: it says nothing about those that are. */
  page({ at, open }: Asked, keys: number): void {
    if (keys * 2 < this.fullPage) return;
    if (keys > this.fullPage * 2) {
      this.seen = NONE;
      this.quickestMs = Number.POSITIVE_INFINITY;
    }
    this.fullPage = Math.max(this.fullPage, keys);
    if (this.reachedAt === undefined || at < this.reachedAt) return;
    const ms = this.parts.now() - at;
    this.quickestMs = Math.min(this.quickestMs, ms);
    this.seen = { pages: this.seen.pages + 1, open: this.seen.open + open, ms: this.seen.ms + ms };
  }

  /** How many there may be, where so many are open. */
  rangesAtOnce(open: number): number {
    const { nearPageMs, now } = this.parts;
    if (nearPageMs <= 0) return Number.POSITIVE_INFINITY;
    const at = now();
    if (this.proven === undefined) {
      if (this.seen.pages < PAGES_TO_JUDGE) return 1;
      // What a near service takes is its work: where it has cores to spare, only a long listing gains by using them.
      if (at < (this.quickestMs < nearPageMs ? this.began + LONG_MS : 0)) return 1;
      this.prove();
    } else if (this.tried === undefined) {
      if (at >= this.triesAt!) this.tryMore(this.proven.ranges);
    } else if (this.reachedAt === undefined) {
      if (open >= this.tried) this.reachedAt = at;
    } else if (this.seen.pages >= this.tried) this.judge(this.proven, at);
    return this.tried ?? this.proven!.ranges;
  }

  /** As many as were open, and more are tried. */
  private prove(): void {
    const { pages, open, ms } = this.seen;
    this.proven = { ranges: Math.max(1, Math.round(open / pages)), rate: open / ms };
    this.tryMore(this.proven.ranges);
  }

  private tryMore(than: number): void {
    this.tried = 2 * than;
    this.look();
  }

  private look(): void {
    this.reachedAt = undefined;
    this.seen = NONE;
  }

  /** By what a page takes beside so many others: how many come altogether also depends on how much there was to cut. */
  private judge({ ranges, rate }: { readonly ranges: number; readonly rate: number }, at: number): void {
    const { pages, open, ms } = this.seen;
    if (open < pages * ranges * CLEARLY_MORE_RANGES) this.look();
    else if (open / ms >= rate * CLEARLY_MORE) this.prove();
    else {
      this.tried = undefined;
      this.triesAt = at + this.pauseMs;
      this.pauseMs *= 2;
    }
  }
}
