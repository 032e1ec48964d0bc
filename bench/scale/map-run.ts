// Children of a Map on so many places, in their order: how long all take, and what they ask for at once at most.

export interface Child {
  readonly invocationsMs: readonly number[];
  readonly writeUnits: number;
  readonly biggestItemBytes: number;
  /** Below the busiest prefix, by all that copy into it at once. */
  readonly copyWritesPerSecond: number;
}

export interface MapRun {
  readonly ms: number;
  readonly invocations: number;
  readonly atOnce: number;
  readonly longestMs: number;
  readonly writeUnits: number;
  /** The busiest children side by side. */
  readonly writeUnitsPerSecond: number;
  readonly biggestItemBytes: number;
  readonly copyWritesPerSecond: number;
  /** Invocations of the child that has most. */
  readonly mostInvocations: number;
  /** Shares of a second that the quickest children take. */
  readonly invocationsPerSecond: number;
}

/** `beside`: what a child needs beside its invocations, ms; `besideEach`: what each of them needs. */
export const runMap = (children: readonly Child[], places: number, beside: number, besideEach: number): MapRun => {
  const free = new Float64Array(Math.max(1, Math.min(places, children.length)));
  const lasting = children.map(
    ({ invocationsMs }) => beside + invocationsMs.reduce((sum, ms) => sum + ms + besideEach, 0),
  );
  for (const ms of lasting) {
    const next = free.indexOf(Math.min(...free));
    free[next] = free[next]! + ms;
  }
  const busiest = (amount: (child: Child) => number): number =>
    children
      .map((child, i) => (amount(child) * 1_000) / Math.max(1, lasting[i]!))
      .sort((a, b) => b - a)
      .slice(0, places)
      .reduce((sum, one) => sum + one, 0);
  return {
    ms: Math.max(...free),
    invocations: children.reduce((sum, { invocationsMs }) => sum + invocationsMs.length, 0),
    atOnce: Math.min(places, children.length),
    longestMs: most(children.flatMap(({ invocationsMs }) => invocationsMs)),
    writeUnits: children.reduce((sum, child) => sum + child.writeUnits, 0),
    writeUnitsPerSecond: busiest(({ writeUnits }) => writeUnits),
    biggestItemBytes: most(children.map(({ biggestItemBytes }) => biggestItemBytes)),
    copyWritesPerSecond: most(children.map(({ copyWritesPerSecond }) => copyWritesPerSecond)),
    mostInvocations: most(children.map(({ invocationsMs }) => invocationsMs.length)),
    invocationsPerSecond: busiest(({ invocationsMs }) => invocationsMs.length),
  };
};

/** Of any number of them: spread into Math.max, a hundred thousand do not fit. */
export const most = (values: Iterable<number>): number => {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
};
