// How many pictures may be copied at once by what the service says: it doubles, is halved when told to slow down, then probes for more.

/** Enough that a dozen small pictures go at once, few enough that a service in trouble is not met with everything. */
const AT_FIRST = 16;
/** One overload is answered by many requests: within this time they count as one. */
const CUT_EVERY_MS = 1_000;
/** No growth for so long after the last complaint: first repetitions of what was refused are under way. */
const CALM_MS = 500;
/** More than what was too much is tried this often: by 1, 2, 4, … until it is too much again. */
const PROBE_EVERY_MS = 1_000;
/** What goes well again at once, of what was too much while probing. */
const NEARLY = 0.85;

/**
 * TCP's congestion control on copies instead of segments: slow start and halving as in RFC 5681, section 3.1
 * (https://www.rfc-editor.org/rfc/rfc5681, September 2009), and back to just below the last limit, to probe from there, as CUBIC does
 * (RFC 9438, August 2023; the AWS SDKs' adaptive mode limits rates by it). Netflix's AIMDLimit does the former with requests
 * (https://github.com/Netflix/concurrency-limits, read in November 2026); as there, it grows only while half of it is in use.
 * AWS asks for no less: fewer requests on SlowDown, then gradually more (https://repost.aws/knowledge-center/http-5xx-errors-s3).
 */
export class Concurrency {
  private readonly most: number;
  private allowed: number;
  /** Up to here each copy that ends makes room for one more. */
  private threshold = Number.POSITIVE_INFINITY;
  private step = 1;
  private hasGrown = true;
  private cutAt = Number.NEGATIVE_INFINITY;
  private throttledAt = Number.NEGATIVE_INFINITY;
  private probedAt = Number.NEGATIVE_INFINITY;

  constructor(most: number) {
    this.most = most;
    this.allowed = Math.min(AT_FIRST, most);
  }

  /** Whole, from 1 to `most`. */
  get limit(): number {
    return this.allowed;
  }

  /** A copy has ended; `inFlight` were under way with it. Times are ms of any clock that does not go back. */
  ended(inFlight: number, now: number): void {
    if (this.allowed >= this.most || inFlight * 2 < this.allowed || now - this.throttledAt < CALM_MS) return;
    if (this.allowed < this.threshold) this.grow(1, now);
    else if (now - this.probedAt >= PROBE_EVERY_MS) {
      this.grow(this.step, now);
      this.step *= 2;
    }
  }

  /** The service said "slow down", to whichever request. */
  throttled(now: number): void {
    this.throttledAt = now;
    if (now - this.cutAt < CUT_EVERY_MS) return;
    this.cutAt = now;
    const half = Math.max(1, Math.floor(this.allowed / 2));
    // Doubling goes too far by as much as that. A service that stays away for half a minute says nothing of what it bears.
    if (this.hasGrown) this.threshold = this.allowed > this.threshold ? Math.floor(this.allowed * NEARLY) : half;
    this.allowed = half;
    this.hasGrown = false;
    this.step = 1;
  }

  private grow(by: number, now: number): void {
    this.allowed = Math.min(this.most, this.allowed + by);
    this.probedAt = now;
    this.hasGrown = true;
  }
}
