// What a comparison says about one key: every compared key gets exactly one finding.
import type { Entry } from './entry.ts';

export const FINDINGS = [
  'excluded',
  'shared',
  'different',
  'archived',
  'settling',
  'missingOnDestination',
  'missingOnSource',
] as const;
export type Finding = (typeof FINDINGS)[number];

/** What both sides say about one key; at least one of them does. */
export type Joined =
  | { readonly source: Entry; readonly destination?: Entry | undefined }
  | { readonly source?: undefined; readonly destination: Entry };

export const keyOf = (joined: Joined): string => (joined.source ?? joined.destination).key;

export interface Rules {
  /** False: a filter left the entry out. */
  keep(entry: Entry): boolean;
  /** A source entry younger than this may still be being written; 0: none is. */
  readonly minAgeMs: number;
  /** Compare contents where sizes are equal. */
  readonly checksum: boolean;
  /**
   * What an S3 encrypts with KMS has ETags that look like MD5 and are not; no listing tells. With this, ETags that differ
   * are no finding yet but `compareContent`, so that the caller can look whether both are MD5.
   */
  readonly confirmEtags?: boolean;
}

export interface Judgement {
  readonly finding: Finding;
  /** `shared` by size alone, though contents were to be compared or the source's entry cannot be read. */
  readonly contentUnknown: boolean;
}

// One object per judgement, not one per picture.
const known = (finding: Finding): Judgement => ({ finding, contentUnknown: false });
const EXCLUDED = known('excluded');
const SHARED = known('shared');
const SHARED_UNKNOWN: Judgement = { finding: 'shared', contentUnknown: true };
const DIFFERENT = known('different');
const ARCHIVED = known('archived');
const SETTLING = known('settling');
const MISSING_ON_DESTINATION = known('missingOnDestination');
const MISSING_ON_SOURCE = known('missingOnSource');

/**
 * `listedAt`: the source server's clock when its listing began. `compareContent`: only the contents can tell;
 * the caller gets their MD5s and asks `judgeContent`.
 */
export function classify(joined: Joined, rules: Rules, listedAt: number): Judgement | 'compareContent' {
  const { source, destination } = joined;
  if (source === undefined) return rules.keep(joined.destination) ? MISSING_ON_SOURCE : EXCLUDED;
  if (!rules.keep(source)) return EXCLUDED;
  if (destination !== undefined) return compare(source, destination, rules);
  // Waiting mends no problem: the copy names it at once.
  if (source.problem !== undefined) return MISSING_ON_DESTINATION;
  if (source.archived) return ARCHIVED;
  return isTooYoung(source, rules, listedAt) ? SETTLING : MISSING_ON_DESTINATION;
}

/** Perhaps still being written, on the source: neither copied nor put in the place of a whole one. */
export function isTooYoung(
  { modifiedAt, problem }: Entry,
  { minAgeMs }: Pick<Rules, 'minAgeMs'>,
  listedAt: number,
): boolean {
  return problem === undefined && minAgeMs > 0 && listedAt - modifiedAt < minAgeMs;
}

function compare(source: Entry, destination: Entry, rules: Rules): Judgement | 'compareContent' {
  if (source.size !== destination.size) return DIFFERENT;
  if (source.problem !== undefined) return SHARED_UNKNOWN;
  if (!rules.checksum || source.size === 0) return SHARED;
  const { etag: sourceEtag } = source;
  const { etag: destinationEtag } = destination;
  if (!canBeMd5(sourceEtag) || !canBeMd5(destinationEtag)) return SHARED_UNKNOWN;
  if (sourceEtag === undefined || destinationEtag === undefined) return 'compareContent';
  if (sourceEtag.toLowerCase() === destinationEtag.toLowerCase()) return SHARED;
  return rules.confirmEtags ? 'compareContent' : DIFFERENT;
}

/** A part count behind a dash, or anything else a service makes up, is no hash of the content. */
const MD5 = /^[0-9a-f]{32}$/i;
/** No ETag: a folder, whose content can be hashed. */
const canBeMd5 = (etag: string | undefined): boolean => etag === undefined || MD5.test(etag);

/** After `compareContent`: the MD5s in hex, undefined where a side cannot tell. */
export function judgeContent(sourceMd5: string | undefined, destinationMd5: string | undefined): Judgement {
  if (sourceMd5 === undefined || destinationMd5 === undefined) return SHARED_UNKNOWN;
  return sourceMd5.toLowerCase() === destinationMd5.toLowerCase() ? SHARED : DIFFERENT;
}
