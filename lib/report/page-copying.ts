// The page's copying: what became of the copy list, why some of it was not copied, how nothing was overwritten.
import type { Amount } from '../compare/entry.ts';
import { OUTCOMES, type Outcome } from '../compare/outcomes.ts';
import { cell, examplesOf, shownOf } from './page-figures.ts';
import type { PageParts } from './page-parts.ts';
import { reasonOf } from './page-reasons.ts';
import { figure, type Html, html, keyList, moment, visible } from './page-text.ts';
import type { Report } from './report.ts';

const MEANINGS: Readonly<Record<Outcome, readonly [title: string, meaning: string]>> = {
  copied: ['Copied', 'Written where nothing stood'],
  replaced: ['Replaced', 'Differed on the destination and was replaced, as asked'],
  alreadyThere: ['Already there', 'Had arrived by the time its turn came'],
  goneFromSource: ['Gone from source', 'Was no longer there when its turn came'],
  changedOnSource: ['Changed on source', 'Changed after it was listed; its copy was not kept'],
  failed: ['Failed', 'Could not be copied'],
  notTried: ['Not tried', 'Its turn did not come'],
};

export const copyingSection = (parts: PageParts): Html => {
  const { report, result } = parts;
  const isOpen = report.status === 'running' || report.status === 'stopping';
  // While a round copies, its figures are in nobody's report yet: zeros would say that nothing happened.
  const known = !isOpen || OUTCOMES.some((outcome) => report.outcomes[outcome].count > 0);
  const row = (title: string, meaning: Html | string, amount: Amount | undefined, rowClass = ''): Html =>
    html`<tr role="row" class="${rowClass}"><th role="rowheader" scope="row">${title}<span class="meaning">${meaning}</span></th>${cell('Pictures', figure(amount))}</tr>
`;
  const remaining = result.remaining.count === null ? undefined : result.remaining;
  return html`<section aria-labelledby="copying"><h2 id="copying">Copying</h2>
<table role="table"><caption>${isOpen ? 'Of the rounds that have ended.' : 'What became of what was to be copied.'}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Outcome</th><th role="columnheader" scope="col" class="amount">Pictures</th></tr></thead>
<tbody role="rowgroup">${OUTCOMES.map((outcome) =>
    row(...MEANINGS[outcome], known ? report.outcomes[outcome] : undefined),
  )}${row('Remaining', remainingMeaning(report), remaining, 'sum')}</tbody></table>
<h3>Can anything have been overwritten?</h3>
<p>${guaranteeOf(parts)}</p></section>`;
};

const remainingMeaning = ({ asOf }: Report): Html | string =>
  asOf === undefined
    ? 'No comparison was completed'
    : html`Not on the destination, or still different, as of ${moment(asOf)}`;

export const reasonsSection = ({ report, examples }: PageParts): Html | undefined => {
  const reasons = Object.entries(report.reasons);
  if (reasons.length === 0) return undefined;
  const part = ([reason, count]: [string, number]): Html => {
    const { title, meaning } = reasonOf(reason);
    const keys = examplesOf(examples, reason);
    return html`<h3>${visible(title)} <span class="of">${shownOf(keys.length || count, count)}${
      title === reason ? '' : html`, <code>${visible(reason)}</code>`
    }</span></h3><p>${meaning}</p>${keys.length > 0 && keyList(keys)}`;
  };
  return html`<section aria-labelledby="reasons"><h2 id="reasons">Not copied, and why</h2>${reasons
    .toSorted(([, a], [, b]) => b - a)
    .map(part)}
${report.endedAt && reasons.some(([reason]) => reason !== 'budget') && html`<h3>To try them again</h3><p><code>picferry sync --from ${report.id} --only failed</code></p>`}</section>`;
};

const GUARANTEES: Readonly<Record<Report['createOnly'], string>> = {
  native:
    'No: with every write the destination’s service was told to create only. It refuses, by itself, to write over anything that is there, whoever else writes at the same time.',
  headFirst:
    'Nothing that was seen: this service may ignore “create only”, so before each copy the destination was asked whether the name is free. What this leaves open: something that another program wrote under the same name between the question and the copy could have been overwritten.',
  exclusiveLink:
    'No: each picture was written under a temporary name first and given its own name in a step that the file system refuses where something already has that name.',
};

const REPLACING =
  'Different ones, as asked: each only as long as it was the very version that had been looked at. Anything else?';

const guaranteeOf = ({ report, request }: PageParts): string => {
  const { onDifferent } = request.options as { readonly onDifferent?: string };
  const guarantee = GUARANTEES[report.createOnly];
  return onDifferent === 'overwrite' || onDifferent === 'newer' ? `${REPLACING} ${guarantee}` : guarantee;
};
