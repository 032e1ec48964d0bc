// A migration's report as one HTML page: no script, nothing loaded from anywhere, every text escaped by the template.
import { raw } from 'hono/html';
import { formatDuration } from './format.ts';
import { copyingSection, reasonsSection } from './page-copying.ts';
import { comparisonSection, examplesSection, otherFindingsSection } from './page-figures.ts';
import { forecastSection } from './page-forecast.ts';
import type { PageInput, PageParts } from './page-parts.ts';
import { requestSection } from './page-request.ts';
import { POLICY, STYLE } from './page-style.ts';
import { figureText, type Html, html, moment, NOT_KNOWN, name, visible } from './page-text.ts';
import type { Report } from './report.ts';
import { resultOf } from './result.ts';
import { verdictOf, warningsOf } from './sentences.ts';
import { type Standing, standingOf } from './standing.ts';

/** A few kilobytes at any size of the migration: it names a few examples, never a list. */
export const reportPage = (input: PageInput): string => {
  const parts: PageParts = { ...input, result: resultOf(input.report, 'report.json') };
  const { report } = parts;
  const standing = standingOf(report.mode, parts.result);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${LABELS[standing][1]}: ${report.mode} ${report.id} – Picferry</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>Picferry report of ${report.mode} ${report.id}</h1>
${verdict(parts, standing)}
</header>
<main>
${summarySection(parts)}
${comparisonSection(parts)}
${otherFindingsSection(parts)}
${examplesSection(parts)}
${report.mode === 'sync' && copyingSection(parts)}
${reasonsSection(parts)}
${forecastSection(parts.result.forecast)}
${requestSection(parts.request)}
</main>
<footer><p>Times are in UTC; 1 kB is 1,000 bytes. ${placesText(parts)}</p></footer>
</body>
</html>
`;
  return String(page);
};

/** A sign and a word: nobody has to tell green from red. */
const LABELS: Readonly<Record<Standing, readonly [sign: string, label: string]>> = {
  fine: ['✓', 'Complete'],
  left: ['!', 'Not complete'],
  failed: ['✕', 'Failed'],
  cancelled: ['!', 'Cancelled'],
  running: ['…', 'Running'],
  stopping: ['…', 'Stopping'],
};

const verdict = ({ report, result }: PageParts, standing: Standing): Html => {
  const [sign, label] = LABELS[standing];
  return html`<div class="verdict ${standing}"><p class="label"><span aria-hidden="true">${sign}</span> ${label}</p>
<p class="sentence">${visible(verdictOf(report, result))}</p></div>`;
};

const summarySection = ({ report, result, request }: PageParts): Html => {
  const { onDifferent = 'keep', maxCostUsd } = request.options as {
    readonly onDifferent?: 'keep' | 'overwrite' | 'newer';
    readonly maxCostUsd?: number;
  };
  const notes = warningsOf(report, result, onDifferent, maxCostUsd);
  return html`<section aria-labelledby="summary"><h2 id="summary">In short</h2>
<dl>
<dt>Source</dt><dd>${name(report.source)}</dd>
<dt>Destination</dt><dd>${name(report.destination)}</dd>
<dt>Remaining</dt><dd>${figureText(result.remaining)}</dd>
<dt>Rounds</dt><dd>${comparisons(report.rounds)}</dd>
<dt>Started</dt><dd>${moment(report.startedAt)}</dd>
<dt>Ended</dt><dd>${ended(report)}</dd>
<dt>Duration</dt><dd>${duration(report)}</dd>
${report.cause && html`<dt>Cause</dt><dd><code>${visible(report.cause)}</code></dd>`}
</dl>
${notes.length > 0 && html`<h3>Worth knowing</h3><ul class="notes">${notes.map((note) => html`<li>${visible(note)}</li>`)}</ul>`}</section>`;
};

const comparisons = (rounds: number): string =>
  rounds === 0 ? 'no comparison completed' : rounds === 1 ? '1 comparison' : `${rounds} comparisons`;

const NOT_YET = html`not yet, when this page was written`;

const ended = ({ endedAt, status }: Report): Html => {
  if (endedAt !== undefined) return moment(endedAt);
  return status === 'running' || status === 'stopping' ? NOT_YET : NOT_KNOWN;
};

const duration = ({ startedAt, endedAt }: Report): Html =>
  endedAt === undefined ? NOT_KNOWN : html`${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}`;

/** Of the files beside this page. A missing list of more than 1 GB is an index instead. */
const placesText = ({ result }: PageParts): string =>
  (result.findings.missingOnDestination.source.count ?? 0) > 0
    ? 'Beside this page, missing.jsonl.gz (or missing-index.json) names all that was missing; report.json has the figures for programs.'
    : 'Beside this page, report.json has the figures for programs.';
