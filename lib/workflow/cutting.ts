// How many ranges to list at once: more while more bring more, and few where the service's own work is all there is.

/** So long a listing takes before a service near by is asked for more at once, and before what did not help is tried again. */
const LONG_MS = 2_000;
/** More at once must bring clearly more pages a second. */
const CLEARLY_MORE = 1.25;
/** Of the first pages the quickest one tells how near the service is: the very first ones wait for connections. */
const PAGES_TO_JUDGE = 3;
const FIRST_STEP = 4;
/** Of as many pages as there are ranges: the new ones' first pages, which were all asked for at once. */
const ENOUGH_PAGES = 0.5;

export interface CuttingParts {
  /** A page that takes less comes from near by; 0: cut whatever can be cut. */
  readonly nearPageMs: number;
  /** ms; must never go back. */
  readonly now: () => number;
}

export class Cutting {
  private readonly parts: CuttingParts;
  private pages = 0;
  private quickestMs = Number.POSITIVE_INFINITY;
  /** What was seen to pay: so many ranges, which bring so many pages a millisecond. */
  private proven = { ranges: 1, rate: 0 };
  /** How many there may be now: as many as are proven, or more, to see whether they pay. */
  private most = 1;
  private triesAt: number | undefined;
  private pauseMs = LONG_MS;
  private readonly began: number;
  /** When there were as many as are tried, and how many pages asked for since then have come. */
  private reachedAt: number | undefined;
  private seen = 0;

  constructor(parts: CuttingParts) {
    this.parts = parts;
    this.began = parts.now();
  }

  /** One was read. */
  page(askedAt: number): void {
    this.pages++;
    if (this.pages <= PAGES_TO_JUDGE) this.quickestMs = Math.min(this.quickestMs, this.parts.now() - askedAt);
    if (this.reachedAt !== undefined && askedAt >= this.reachedAt) this.seen++;
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
    } else if (this.seen >= this.most * ENOUGH_PAGES) {
      this.judge(this.seen / (at - this.reachedAt), at);
    }
    return this.most;
  }

  private tryMore(): void {
    const { ranges } = this.proven;
    if (ranges === 1) this.proven = { ranges, rate: 1 / this.quickestMs };
    this.most = ranges * (ranges === 1 ? FIRST_STEP : 2);
    this.reachedAt = undefined;
    this.seen = 0;
  }

  private judge(rate: number, at: number): void {
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
