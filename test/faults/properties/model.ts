// The reference: what must be true after a migration that nothing disturbs, as plainly as it can be said.
import type { Amount } from '../../../lib/compare/entry.ts';
import type { Finding } from '../../../lib/compare/findings.ts';
import type { Mode, Options } from '../../../lib/workflow/request.ts';
import { matches } from './naive-glob.ts';
import type { Shelf, Standing } from './shelf.ts';

export interface Given {
  readonly mode: Mode;
  readonly source: Shelf;
  readonly destination: Shelf;
  readonly options: Partial<Options>;
  /** ms. */
  readonly now: number;
}

export interface Judged {
  readonly finding: Finding;
  readonly contentUnknown: boolean;
  readonly source: Standing | undefined;
  readonly destination: Standing | undefined;
}

export interface Expected {
  readonly findings: ReadonlyMap<string, Judged>;
  readonly missing: readonly string[];
  /** Different ones that are asked to be overwritten. */
  readonly toReplace: readonly string[];
  /** Different ones that are not; and what waits: archived, settling, or too young to take a whole one's place. */
  readonly kept: readonly string[];
  readonly waiting: readonly string[];
  /** Of `missing` and `toReplace`: what can never arrive. */
  readonly failing: ReadonlyMap<string, string>;
}

const MIN_AGE_MS = { folder: 30_000, S3: 0 };

export const reference = (given: Given): Expected => {
  const { source, destination, options } = given;
  const findings = new Map<string, Judged>();
  for (const key of new Set([...keysOf(source), ...keysOf(destination)])) {
    const ours = standing(source, destination, key);
    const theirs = standing(destination, source, key);
    if (ours || theirs) findings.set(key, { ...judge(key, ours, theirs, given), source: ours, destination: theirs });
  }
  const keysWith = (test: (judged: Judged) => boolean) =>
    [...findings].filter(([, one]) => test(one)).map(([key]) => key);
  const isWanted = ({ finding, source: ours, destination: theirs }: Judged) =>
    finding === 'different' &&
    (options.onDifferent === 'overwrite' || (options.onDifferent === 'newer' && isLater(ours!, theirs!)));
  const isWaiting = (one: Judged) =>
    one.finding === 'archived' || one.finding === 'settling' || (isWanted(one) && isYoung(one.source!, given));
  const missing = keysWith(({ finding }) => finding === 'missingOnDestination');
  const toReplace = keysWith((one) => isWanted(one) && !isWaiting(one));
  const failing = new Map<string, string>();
  for (const key of [...missing, ...toReplace]) {
    const reason = impossible(key, given);
    if (reason) failing.set(key, reason);
  }
  const kept = keysWith((one) => one.finding === 'different' && !isWanted(one));
  return { findings, missing, toReplace, kept, waiting: keysWith(isWaiting), failing };
};

const keysOf = ({ pictures, folders }: Shelf): string[] => [...pictures.keys(), ...folders.keys()];

/** A directory is nobody's picture, but it answers an empty marker on the other side. */
const standing = (here: Shelf, there: Shelf, key: string): Standing | undefined =>
  here.pictures.get(key) ?? (there.pictures.get(key)?.body.length === 0 ? here.folders.get(key) : undefined);

const judge = (key: string, ours: Standing | undefined, theirs: Standing | undefined, given: Given) => {
  const found = (finding: Finding, contentUnknown = false) => ({ finding, contentUnknown });
  if (isLeftOut(key, (ours ?? theirs)!, given.options)) return found('excluded');
  if (!ours) return found('missingOnSource');
  if (!theirs) {
    if (ours.archived) return found('archived');
    return found(isYoung(ours, given) ? 'settling' : 'missingOnDestination');
  }
  if (ours.body.length !== theirs.body.length) return found('different');
  if (!given.options.checksum || ours.body.length === 0) return found('shared');
  if (!ours.contentTold || !theirs.contentTold) return found('shared', true);
  return found(ours.body.equals(theirs.body) ? 'shared' : 'different');
};

const isYoung = ({ modifiedAt }: Standing, { options, source, now }: Given): boolean =>
  now - modifiedAt < (options.minAgeMs ?? MIN_AGE_MS[source.isFolder ? 'folder' : 'S3']);

const isLeftOut = (key: string, { modifiedAt }: Standing, options: Partial<Options>): boolean => {
  const { include = [], exclude = [] } = options;
  const captured = capturedAt(key) ?? modifiedAt;
  return (
    (include.length > 0 && !include.some((glob) => matches(glob, key))) ||
    exclude.some((glob) => matches(glob, key)) ||
    modifiedAt < Date.parse(options.modifiedAfter ?? '-271821-04-20T00:00:00Z') ||
    modifiedAt >= Date.parse(options.modifiedBefore ?? '+275760-09-13T00:00:00Z') ||
    captured < Date.parse(options.capturedAfter ?? '-271821-04-20T00:00:00Z') ||
    captured >= Date.parse(options.capturedBefore ?? '+275760-09-13T00:00:00Z')
  );
};

export const capturedAt = (key: string): number | undefined => {
  const [, y, m, d, h, min, s] =
    /(?:^|\/)pictures\/(?:[rR][aA][wW]\/)?\d{8}\/(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[^/]*$/.exec(key) ?? [];
  const at = Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`);
  return Number.isNaN(at) ? undefined : at;
};

const isLater = (ours: Standing, theirs: Standing): boolean =>
  ours.originalTime !== undefined && theirs.originalTime !== undefined
    ? ours.originalTime > theirs.originalTime
    : ours.modifiedAt > theirs.modifiedAt;

/** Why no copy can bring it over. */
const impossible = (key: string, { source, destination }: Given): string | undefined => {
  if (source.pictures.get(key)?.archived) return 'archivedMeanwhile';
  if (!destination.isFolder) return undefined;
  const names = key.replace(/\/$/, '').split('/');
  if (names.some((name) => ['', '.', '..'].includes(name) || Buffer.byteLength(name) > 255)) return 'keyNotAllowed';
  if (names[0] === '.picferry') return 'keyNotAllowed';
  const paths = names.map((_, depth) => names.slice(0, depth + 1).join('/'));
  if (paths.slice(0, -1).some((path) => destination.pictures.has(path))) return 'occupiedByFile';
  if (key.endsWith('/')) return destination.pictures.has(names.join('/')) ? 'occupiedByFile' : undefined;
  return destination.folders.has(`${key}/`) ? 'occupiedByFolder' : undefined;
};

export const sizeOf = (expected: Expected, key: string): number => {
  const { source, destination } = expected.findings.get(key) ?? {};
  return (source ?? destination)?.body.length ?? 0;
};

export const amount = (expected: Expected, keys: readonly string[]): Amount => ({
  count: keys.length,
  bytes: keys.reduce((sum, key) => sum + sizeOf(expected, key), 0),
});
