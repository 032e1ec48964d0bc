// Simulated time: whoever sleeps is woken in order, and nothing passes while somebody still works.

export class PaperClock {
  /** ms since 1970. */
  now = Date.UTC(2026, 10, 1);
  readonly #sleeping: { readonly at: number; readonly wake: () => void }[] = [];
  #isTurning = false;

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleeping.push({ at: this.now + ms, wake });
      this.#turn();
    });
  }

  /** How long work took, ms of this clock. */
  async time<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
    const began = this.now;
    const result = await work();
    return { ms: this.now - began, result };
  }

  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    // After whatever was woken has come to rest again.
    setImmediate(() => {
      this.#isTurning = false;
      const at = Math.min(...this.#sleeping.map((one) => one.at));
      const due = this.#sleeping.filter((one) => one.at === at);
      const later = this.#sleeping.filter((one) => one.at !== at);
      this.#sleeping.splice(0, Infinity, ...later);
      this.now = at;
      for (const { wake } of due) wake();
      if (this.#sleeping.length > 0) this.#turn();
    });
  }
}
