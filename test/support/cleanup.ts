// What is to be done after a test, the last thing first: a server goes before the folder that it writes into.
export interface Cleanup {
  after(fn: () => Promise<void>): void;
}

/**
 * `after` as a test or `describe` has it. They do the first thing first, and where that fails nothing else: then whatever
 * runs still keeps the whole suite waiting.
 */
export const lastFirst = (after: (fn: () => Promise<void>) => void): Cleanup => {
  const work: (() => Promise<void>)[] = [];
  after(async () => {
    const failures: unknown[] = [];
    for (const one of work.reverse()) await one().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  });
  return { after: (fn) => void work.push(fn) };
};
