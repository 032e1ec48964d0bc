// How many ranges to list at once: more while more bring more, and few where the service's own work is all there is.

/** So long a listing takes before a service near by is asked for more at once, and before what did not help is tried again. */
const LONG_MS = 5_000;
/** More at once must bring clearly more pages a second. */
const CLEARLY_MORE = 1.25;
/** The quickest of so many tells how near the service is: the very first ones wait for connections. */
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

export class Cutting {
  private readonly parts: CuttingParts;
  /** Full ones. */
  private pages = 0;
  /** Keys on a full page, as far as seen. */
  private fullPage = 1;
  private quickestMs = Number.POSITIVE_INFINITY;
  /** What was seen to pay: so many ranges, which bring so many pages a millisecond. */
  private proven = { ranges: 1, rate: 0 };
  /** How many there may be now: as many as are proven, or more, to see whether they pay. */
  private most = 1;
  private triesAt: number | undefined;
  private pauseMs = LONG_MS;
  private readonly began: number;
  /** When there were as many as are tried. */
  private reachedAt: number | undefined;
  /** Pages asked for since then that have come, how many ranges were open beside each, and what each took, ms: added up. */
  private seen = { pages: 0, open: 0, ms: 0 };

  constructor(parts: CuttingParts) {
    this.parts = parts;
    this.began = parts.now();
  }

  asks(open: number): Asked {
    return { at: this.parts.now(), open };
  }

  /** One was read, with so many keys. What is not full takes less: it says nothing about those that are. */
  page({ at, open }: Asked, keys: number): void {
    if (keys < this.fullPage) return;
    this.fullPage = keys;
    const ms = this.parts.now() - at;
    this.pages++;
    this.quickestMs = Math.min(this.quickestMs, ms);
    if (this.reachedAt === undefined || at < this.reachedAt) return;
    this.seen.pages++;
    this.seen.open += open;
    this.seen.ms += ms;
  }

  /** How many there may be, where so many are open. */
  rangesAtOnce(open: number): number {
    const { nearPageMs, now } = this.parts;
    if (nearPageMs <= 0) return Number.POSITIVE_INFINITY;
    if (this.pages < PAGES_TO_JUDGE) return 1;
    // What a near service takes is its work: where it has cores to spare, only a long listing gains by using them.
    this.triesAt ??= this.quickestMs < nearPageMs ? this.began + LONG_MS : 0;
    const at = now();
    if (this.most === this.proven.ranges) {
      if (at >= this.triesAt) this.tryMore();
    } else if (this.reachedAt === undefined) {
      if (open >= this.most) this.reachedAt = at;
    } else if (this.seen.pages >= this.most) this.judge(at);
    return this.most;
  }

  private tryMore(): void {
    const { ranges } = this.proven;
    if (ranges === 1) this.proven = { ranges, rate: 1 / this.quickestMs };
    this.most = 2 * ranges;
    this.look();
  }

  private look(): void {
    this.reachedAt = undefined;
    this.seen = { pages: 0, open: 0, ms: 0 };
  }

  /** By what a page takes beside so many others: how many come altogether also depends on how much there was to cut. */
  private judge(at: number): void {
    const { pages, open, ms } = this.seen;
    if (open < pages * this.proven.ranges * CLEARLY_MORE_RANGES) {
      this.look();
      return;
    }
    const rate = open / ms;
    if (rate >= this.proven.rate * CLEARLY_MORE) {
      this.proven = { ranges: this.most, rate };
      this.tryMore();
      return;
    }
    this.most = this.proven.ranges;
    this.triesAt = at + this.pauseMs;
    this.pauseMs *= 2;
  }
}
