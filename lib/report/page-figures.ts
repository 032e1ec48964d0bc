// The page's comparison: both sides and their findings by kind, and a few keys of each.
import { type Amount, NOTHING, plus, SIDES, type Side } from '../compare/entry.ts';
import type { Finding } from '../compare/findings.ts';
import { KINDS, type Kind } from '../compare/kind.ts';
import { amountOf, fromCompact, type Statistics } from '../compare/statistics.ts';
import { formatCount, pictures } from './format.ts';
import type { PageParts } from './page-parts.ts';
import { figure, type Html, html, keyList, NOT_KNOWN, name } from './page-text.ts';

interface ByKind {
  readonly title: string;
  readonly meaning: string;
  readonly of: (statistics: Statistics, kind: Kind) => Amount;
}

const found =
  (finding: Finding, side: Side): ByKind['of'] =>
  (statistics, kind) =>
    statistics.findings[finding][side][kind];
const listed =
  (side: Side): ByKind['of'] =>
  (statistics, kind) =>
    Object.values(statistics.findings).reduce<Amount>((sum, sides) => plus(sum, sides[side][kind]), NOTHING);

const ROWS: readonly ByKind[] = [
  { title: 'Source', meaning: 'All that was listed there', of: listed('source') },
  { title: 'Destination', meaning: 'All that was listed there', of: listed('destination') },
  { title: 'Shared', meaning: 'On both sides, alike', of: found('shared', 'source') },
  { title: 'Missing on source', meaning: 'Only on the destination', of: found('missingOnSource', 'destination') },
  { title: 'Missing on destination', meaning: 'Only on the source', of: found('missingOnDestination', 'source') },
];

export const comparisonSection = (parts: PageParts): Html => {
  const { findings } = parts.report;
  const statistics = findings && fromCompact(findings);
  return html`<section aria-labelledby="comparison"><h2 id="comparison">Comparison</h2>
<table role="table"><caption>${foundWhen(parts)}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Pictures</th>${['Total', ...KINDS].map(
    (title) => html`<th role="columnheader" scope="col" class="amount">${title}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${ROWS.map((row) => byKindRow(row, statistics))}</tbody></table></section>`;
};

const foundWhen = ({ report, request }: PageParts): Html | string => {
  if (!report.findings) return 'No comparison was completed.';
  if (request.from) return html`As migration ${name(request.from.from)} found them, before anything was copied.`;
  return report.mode === 'sync' ? 'As they were found, before anything was copied.' : 'As they were found.';
};

const byKindRow = ({ title, meaning, of }: ByKind, statistics: Statistics | undefined): Html => {
  const cells = statistics
    ? [
        cell('Total', figure(KINDS.map((kind) => of(statistics, kind)).reduce(plus, NOTHING)), 'total'),
        ...KINDS.map((kind) => cell(kind, figure(of(statistics, kind)))),
      ]
    : html`<td role="cell" colspan="4">${NOT_KNOWN}</td>`;
  return html`<tr role="row"><th role="rowheader" scope="row">${title}<span class="meaning">${meaning}</span></th>${cells}</tr>
`;
};

/** On a phone a row's cells stand one below the other, each with its column's title. */
export const cell = (title: string, value: Html, kind = ''): Html =>
  html`<td role="cell" class="${kind}"><span class="label-of" aria-hidden="true">${title}</span>${value}</td>`;

const OTHER: readonly (readonly [Finding, title: string, meaning: string, sides: readonly Side[]])[] = [
  ['different', 'Different', 'On both sides under one name, but not alike', SIDES],
  [
    'archived',
    'Archived',
    'Only on the source, in an archive class: cannot be copied before it is restored',
    ['source'],
  ],
  ['settling', 'Settling', 'Only on the source and very young: perhaps still being written', ['source']],
  ['excluded', 'Excluded', 'Left out by the filters that were asked for', SIDES],
];

export const otherFindingsSection = ({ report, result }: PageParts): Html => {
  const statistics = report.findings && fromCompact(report.findings);
  const row = ([finding, title, meaning, sides]: (typeof OTHER)[number]): Html =>
    html`<tr role="row"><th role="rowheader" scope="row">${title}<span class="meaning">${meaning}</span></th>${SIDES.map(
      (side) =>
        sides.includes(side)
          ? cell(titled(side), figure(statistics && amountOf(statistics, finding, side)))
          : cell(titled(side), html`–`, 'none'),
    )}</tr>
`;
  return html`<section aria-labelledby="findings"><h2 id="findings">Other findings</h2>
<table role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Pictures</th>${SIDES.map(
    (side) => html`<th role="columnheader" scope="col" class="amount">${titled(side)}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${OTHER.map(row)}<tr role="row"><th role="rowheader" scope="row">Content unknown<span class="meaning">Counted as shared: same size, but the contents could not be compared</span></th>${cell(
    titled('source'),
    figure(result.contentUnknown),
  )}${cell(titled('destination'), html`–`, 'none')}</tr></tbody></table></section>`;
};

const titled = (side: Side): string => (side === 'source' ? 'Source' : 'Destination');

/** What people have to do something about comes first. */
const EXAMPLES: readonly (readonly [Finding, Side, title: string])[] = [
  ['missingOnDestination', 'source', 'Missing on destination'],
  ['different', 'source', 'Different'],
  ['missingOnSource', 'destination', 'Missing on source'],
  ['archived', 'source', 'Archived'],
  ['settling', 'source', 'Settling'],
  ['excluded', 'source', 'Excluded'],
];

export const examplesSection = ({ result, examples }: PageParts): Html | undefined => {
  const lists = EXAMPLES.flatMap(([finding, side, title]) => {
    const keys = examplesOf(examples, finding);
    const sides = result.findings[finding];
    const count = Math.max(sides[side].count ?? 0, sides.source.count ?? 0, sides.destination.count ?? 0);
    return count > 0 && keys.length > 0 ? [exampleList(title, keys, count)] : [];
  });
  return lists.length > 0
    ? html`<section aria-labelledby="examples"><h2 id="examples">Some of them by name</h2>${lists}</section>`
    : undefined;
};

export const examplesOf = (examples: PageParts['examples'], of: string): readonly string[] =>
  (Object.hasOwn(examples, of) ? (examples[of] ?? []) : []).map(String);

const exampleList = (title: string, keys: readonly string[], count: number): Html =>
  html`<h3>${title} <span class="of">${shownOf(keys.length, count)}</span></h3>${keyList(keys)}`;

/** `5 of 58,300 pictures`. */
export const shownOf = (shown: number, count: number): string =>
  shown < count ? `${formatCount(shown)} of ${pictures(count)}` : pictures(count);
