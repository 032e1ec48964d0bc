// A clock that only waiting moves on: what would take minutes is over at once, and the same each time.

export interface VirtualTime {
  /** ms since it began. */
  readonly now: () => number;
  /** Resolves when everything that comes before has happened. */
  readonly wait: (ms: number) => Promise<void>;
  /** Lets time pass until nobody waits any more. */
  run(): Promise<void>;
}

export const virtualTime = (): VirtualTime => {
  const waiting: { readonly at: number; readonly wake: () => void }[] = [];
  let now = 0;
  return {
    now: () => now,
    wait: (ms) => new Promise((wake) => void waiting.push({ at: now + ms, wake })),
    run: async () => {
      for (;;) {
        // Whoever goes on now may wait for something again, or for others.
        await new Promise(setImmediate);
        if (waiting.length === 0) return;
        now = Math.max(now, Math.min(...waiting.map(({ at }) => at)));
        for (const { wake } of extracted(waiting, now)) wake();
      }
    },
  };
};

const extracted = <T extends { readonly at: number }>(waiting: T[], now: number): T[] => {
  const due = waiting.filter(({ at }) => at <= now);
  waiting.splice(0, waiting.length, ...waiting.filter(({ at }) => at > now));
  return due;
};
