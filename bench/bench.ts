// What a benchmark is: it measures Picferry and its peers in turn, and says what came out, in one section of RESULTS.md.
import type { Places } from './support/places.ts';

/** Something that was to be reached. */
export interface Goal {
  readonly goal: string;
  readonly figure: string;
  readonly isReached: boolean;
}

export interface Section {
  readonly title: string;
  /** What was measured, and how, in whole sentences. */
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly goals: readonly Goal[];
  /** Where the time or the money went: what was run, and what its profile says. */
  readonly profiles?: readonly (readonly [what: string, profile: string])[];
  /** What was run. */
  readonly commands: readonly string[];
}

export interface Running extends Places {
  readonly rounds: number;
  /** Tiny, against a server that needs no building, without peers: whether it still works. */
  readonly isSmoke: boolean;
  say(what: string): void;
}

export interface Bench {
  readonly name: string;
  run(running: Running): Promise<Section>;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

export const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;
export const times = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)}x`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
