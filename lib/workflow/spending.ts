// One Copy invocation's part of `--max-cost`: every picture is charged before it begins.

/** Sums of many small amounts are off by less. */
const ROUNDING = 1 + 1e-9;

export interface SpendingParts {
  /** USD. */
  readonly budgetUsd: number;
  /** By earlier invocations of this item. */
  readonly chargedUsd: number;
  /** Of one attempt at a picture of so many bytes. */
  usdOf(sizeBytes: number): number;
}

export class Spending {
  /** A picture was refused: nothing more begins. */
  isUsedUp = false;
  private charged: number;
  private readonly parts: SpendingParts;

  constructor(parts: SpendingParts) {
    this.parts = parts;
    this.charged = parts.chargedUsd;
  }

  get chargedUsd(): number {
    return this.charged;
  }

  /** It did not begin after all. */
  giveBack(sizeBytes: number): void {
    this.charged -= this.parts.usdOf(sizeBytes);
  }

  /** True: it is paid for and may begin. */
  takes(sizeBytes: number): boolean {
    const charged = this.charged + this.parts.usdOf(sizeBytes);
    this.isUsedUp ||= charged > this.parts.budgetUsd * ROUNDING;
    if (this.isUsedUp) return false;
    this.charged = charged;
    return true;
  }
}
