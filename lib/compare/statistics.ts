// The figures of a comparison: what each side listed, and what became of it by finding and kind.
import { type Amount, NOTHING, plus, SIDES, type Side, sameAmount } from './entry.ts';
import { FINDINGS, type Finding, type Joined } from './findings.ts';
import { KINDS, type Kind, kindOf } from './kind.ts';

/** An amount that grows: one object a cell for millions of entries. */
interface Tally {
  count: number;
  bytes: number;
}

/** Plain data: safe to write as JSON, though `toCompact` makes less of it. */
export interface Statistics {
  /** Counted apart from the findings, so that the one can be checked against the other. */
  readonly listed: Record<Side, Tally>;
  readonly findings: Record<Finding, Record<Side, Record<Kind, Tally>>>;
  /** Part of `shared`: the source's entries whose contents could not be judged. */
  readonly contentUnknown: Tally;
}

const record = <Name extends string, Value>(names: readonly Name[], value: (name: Name) => Value) =>
  Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>;

/** Fills every cell by its place. */
const build = (
  listed: (side: Side) => Amount,
  cell: (finding: Finding, side: Side, kind: Kind) => Amount,
  contentUnknown: Amount,
): Statistics => ({
  listed: record(SIDES, (side) => ({ ...listed(side) })),
  findings: record(FINDINGS, (finding) =>
    record(SIDES, (side) => record(KINDS, (kind) => ({ ...cell(finding, side, kind) }))),
  ),
  contentUnknown: { ...contentUnknown },
});

const nothing = () => NOTHING;
export const newStatistics = (): Statistics => build(nothing, nothing, NOTHING);

function add(tally: Tally, size: number): void {
  tally.count++;
  tally.bytes += size;
}

export function countListed(statistics: Statistics, { source, destination }: Joined): void {
  if (source !== undefined) add(statistics.listed.source, source.size);
  if (destination !== undefined) add(statistics.listed.destination, destination.size);
}

export function countFinding(
  statistics: Statistics,
  finding: Finding,
  { source, destination }: Joined,
  contentUnknown = false,
): void {
  const sides = statistics.findings[finding];
  if (source !== undefined) {
    const kind = kindOf(source.key);
    add(sides.source[kind], source.size);
    if (contentUnknown) add(statistics.contentUnknown, source.size);
    if (destination !== undefined) add(sides.destination[kind], destination.size);
  } else if (destination !== undefined) {
    add(sides.destination[kindOf(destination.key)], destination.size);
  }
}

/** A new one; neither is touched. */
export const addStatistics = (a: Statistics, b: Statistics): Statistics =>
  build(
    (side) => plus(a.listed[side], b.listed[side]),
    (finding, side, kind) => plus(a.findings[finding][side][kind], b.findings[finding][side][kind]),
    plus(a.contentUnknown, b.contentUnknown),
  );

/** All kinds together. */
export const amountOf = (statistics: Statistics, finding: Finding, side: Side): Amount =>
  KINDS.map((kind) => statistics.findings[finding][side][kind]).reduce<Amount>(plus, NOTHING);

/** What is wrong, in words, where a side's findings do not add up to what it listed. */
export function disagreement(statistics: Statistics): string | undefined {
  for (const side of SIDES) {
    const listed = statistics.listed[side];
    const found = FINDINGS.map((finding) => amountOf(statistics, finding, side)).reduce(plus, NOTHING);
    if (!sameAmount(listed, found)) {
      return `the ${side} listed ${inWords(listed)}, but its findings add up to ${inWords(found)}`;
    }
  }
  return undefined;
}

const inWords = ({ count, bytes }: Amount): string => `${count} entries of ${bytes} bytes`;

/** Count, bytes. */
export type CompactAmount = readonly [number, number];

/**
 * Statistics in few bytes, as report.json (4,096 for everything) and task records keep them:
 * `{"listed":{"source":[4,90]},"findings":{"shared":{"source":{"jpg":[4,90]}}}}`: what is nothing is left out.
 */
export interface CompactStatistics {
  readonly listed: Partial<Record<Side, CompactAmount>>;
  readonly findings: Partial<Record<Finding, Partial<Record<Side, Partial<Record<Kind, CompactAmount>>>>>>;
  readonly contentUnknown?: CompactAmount;
}

/** The named parts that are something. */
function parts<Name extends string, Part>(names: readonly Name[], part: (name: Name) => Part | undefined) {
  const found: Partial<Record<Name, Part>> = {};
  for (const name of names) {
    const value = part(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

const unlessEmpty = <Parts extends object>(some: Parts) => (Object.keys(some).length > 0 ? some : undefined);

const compactAmount = ({ count, bytes }: Amount): CompactAmount | undefined =>
  count === 0 && bytes === 0 ? undefined : [count, bytes];

export function toCompact(statistics: Statistics): CompactStatistics {
  const contentUnknown = compactAmount(statistics.contentUnknown);
  return {
    listed: parts(SIDES, (side) => compactAmount(statistics.listed[side])),
    findings: parts(FINDINGS, (finding) =>
      unlessEmpty(
        parts(SIDES, (side) =>
          unlessEmpty(parts(KINDS, (kind) => compactAmount(statistics.findings[finding][side][kind]))),
        ),
      ),
    ),
    ...(contentUnknown && { contentUnknown }),
  };
}

export function fromCompact(compact: CompactStatistics): Statistics {
  const statistics = newStatistics();
  const fill = (tally: Tally, amount: CompactAmount = [0, 0]) => {
    [tally.count, tally.bytes] = amount;
  };
  for (const side of SIDES) {
    fill(statistics.listed[side], compact.listed[side]);
    for (const finding of FINDINGS) {
      const kinds = compact.findings[finding]?.[side];
      for (const kind of KINDS) fill(statistics.findings[finding][side][kind], kinds?.[kind]);
    }
  }
  fill(statistics.contentUnknown, compact.contentUnknown);
  return statistics;
}
