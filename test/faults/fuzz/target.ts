// What a fuzz target is, and where its corpus stands: one parser at an edge each, fed with whatever somebody hostile may send.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says "no" in the one way that is documented, or takes the input for something valid; everything else it throws is a bug. */
export interface Target {
  check(input: Buffer): void | Promise<void>;
  /** What mutations put into inputs: words that mean something to the parser. */
  readonly words: readonly string[];
  close?(): Promise<void>;
}

/** Opened once for all inputs, in a worker of its own. */
export type OpenTarget = () => Target | Promise<Target>;

/** `test/faults/fuzz/targets/<name>.ts` exports `open`, `test/faults/corpus/<name>/` holds inputs. */
export const TARGETS = [
  'api-bodies',
  'cli-values',
  'folder-keys',
  'globs',
  'gzip-lines',
  'headers',
  'key-patterns',
  'lines',
  'listing-xml',
  'picferry-json',
  'plans',
  'report-answers',
  'schedules',
  'service-answers',
  'signed-links',
  'store-specs',
] as const;
export type TargetName = (typeof TARGETS)[number];

export const openTarget = async (name: TargetName): Promise<Target> => {
  const { open } = (await import(`./targets/${name}.ts`)) as { open: OpenTarget };
  return open();
};

const CORPUS = join(import.meta.dirname, '../corpus');

export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

export const corpusFolder = (target: TargetName): string => {
  const folder = join(CORPUS, target);
  mkdirSync(folder, { recursive: true });
  return folder;
};

export const corpusOf = (target: TargetName): Seed[] =>
  readdirSync(corpusFolder(target))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(corpusFolder(target), name)) }));
