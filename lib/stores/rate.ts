// A rate as a schedule: who takes something learns how long to wait for it. No timers, no queue, one number.

/** As many a second as were set, in the order of asking; without a rate nobody waits. */
export class Rate {
  private perSecond = Number.POSITIVE_INFINITY;
  /** When the next one may pass, on the clock of whoever asks, ms. */
  private next = Number.NEGATIVE_INFINITY;
  private readonly burstMs: number;

  /** `burstMs`: how much of what was left unused may be made up for at once. 0: each waits its whole turn after the last. */
  constructor(burstMs = 0) {
    this.burstMs = burstMs;
  }

  get isLimited(): boolean {
    return this.perSecond !== Number.POSITIVE_INFINITY;
  }

  /** What `amount` takes, ms. */
  duration(amount: number): number {
    return (amount * 1_000) / this.perSecond;
  }

  /** undefined: no limit. The same again changes nothing, another one begins afresh. */
  set(perSecond: number = Number.POSITIVE_INFINITY): void {
    if (!(perSecond > 0)) throw new RangeError(`no rate: ${perSecond} a second`);
    if (perSecond === this.perSecond) return;
    this.perSecond = perSecond;
    this.next = Number.NEGATIVE_INFINITY;
  }

  /** Takes `amount`; what is returned is to be waited for first, ms. Passing is free once, whoever comes after pays for it. */
  take(amount: number, now: number): number {
    if (!this.isLimited) return 0;
    const at = Math.max(this.next, now - this.burstMs);
    this.next = at + this.duration(amount);
    return Math.max(0, at - now);
  }
}
