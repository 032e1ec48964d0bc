// A budget of bytes that bodies may take up in memory at once: whoever buffers waits here, first come, first served.
import type { MemoryBudget } from './store.ts';

/** A body larger than the whole budget waits until it is alone, so that it can pass at all. */
export const createMemoryBudget = (budgetBytes: number): MemoryBudget => {
  let free = budgetBytes;
  const waiting: { readonly bytes: number; readonly admit: () => void }[] = [];

  const admitNext = (): void => {
    // Strictly in turn: a large body must not wait for ever behind small ones that always fit.
    for (let next = waiting[0]; next !== undefined && next.bytes <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.bytes;
      next.admit();
    }
  };

  return {
    take: async (requested) => {
      const bytes = Math.min(Math.max(requested, 0), budgetBytes);
      await new Promise<void>((admit) => {
        waiting.push({ bytes, admit });
        admitNext();
      });
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        free += bytes;
        admitNext();
      };
    },
  };
};
