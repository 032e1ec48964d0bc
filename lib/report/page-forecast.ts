// The page's forecast: what a sync of all that was found missing would take and cost.
import type { Forecast } from './forecast.ts';
import { formatBytes, formatCount, formatDuration, formatUsd } from './format.ts';
import { type Html, html, visible } from './page-text.ts';

export const forecastSection = (forecast: Forecast | null): Html | undefined => {
  if (forecast === null || forecast.copyList.count === 0) return undefined;
  return html`<section aria-labelledby="forecast"><h2 id="forecast">What a sync of it takes</h2>
<p>Forecast from what the first comparison counted, ${formatCount(forecast.copyList.count)} to copy (${formatBytes(forecast.copyList.bytes)}), comparing before and after.</p>
<dl>${rowsOf(forecast).map(([title, value]) => html`<dt>${title}</dt><dd>${visible(value)}</dd>`)}</dl></section>`;
};

const rowsOf = (forecast: Forecast): (readonly [string, string])[] => {
  const { requests, transferBytes, lambda, transitions, seconds, usd, prices } = forecast;
  const rows: (readonly [string, string])[] = [['Time', `about ${formatDuration(seconds * 1_000)}`]];
  if (requests.list + requests.read + requests.write > 0)
    rows.push([
      'Requests',
      `${formatCount(requests.list)} to list, ${formatCount(requests.read)} to read, ${formatCount(requests.write)} to write`,
    ]);
  if (transferBytes > 0) rows.push(['Charged transfer', formatBytes(transferBytes)]);
  if (lambda.invocations > 0)
    rows.push(
      ['Lambda', `${formatCount(lambda.invocations)} invocations, ${formatCount(lambda.gigabyteSeconds)} GB-seconds`],
      ['State transitions', formatCount(transitions)],
    );
  if (usd.total + usd.storagePerMonth > 0)
    rows.push(
      ['Cost', `${formatUsd(usd.total)} USD: ${costsOf(forecast)}`],
      ['Storage', `${formatUsd(usd.storagePerMonth)} USD a month`],
      ['Prices', `of ${prices.asOf}${prices.changed ? ', changed in picferry.json' : ', N. Virginia'}`],
    );
  return rows;
};

const costsOf = ({ usd }: Forecast): string =>
  [
    `${formatUsd(usd.requests)} for requests`,
    ...(usd.transfer > 0 ? [`${formatUsd(usd.transfer)} for transfer`] : []),
    ...(usd.running > 0 ? [`${formatUsd(usd.running)} for running it`] : []),
  ].join(', ');
