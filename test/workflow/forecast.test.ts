// Forecasts, by hand: what a sync of a known comparison takes.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { forecastText } from '../../lib/report/forecast.ts';
import { formatUsd } from '../../lib/report/format.ts';
import { LIST_PRICES } from '../../lib/stores/prices.ts';
import type { StoreSpec } from '../../lib/stores/spec.ts';
import { forecastOf } from '../../lib/workflow/forecast.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import type { Options } from '../../lib/workflow/request.ts';
import { type Billing, termsOf } from '../../lib/workflow/terms.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const aws: StoreSpec = { type: 's3', bucket: 'b', prefix: '', createOnly: 'native' };
const folder: StoreSpec = { type: 'folder', path: '/pictures' };
const LAMBDA: Billing = { prices: LIST_PRICES, lambda: { gigabytes: 1.73, region: 'us-east-1' } };

interface Given {
  readonly source?: StoreSpec;
  readonly destination?: StoreSpec;
  readonly billing?: Billing;
  readonly count?: number;
  readonly mean?: number;
  readonly items?: number;
  readonly sharing?: (item: number) => number;
  readonly comparesFirst?: boolean;
  readonly options?: Partial<Options>;
}

const forecast = ({
  source = aws,
  destination = aws,
  billing = LAMBDA,
  count = 1_000_000,
  mean = 3_000_000,
  items = 200,
  sharing = () => 1,
  comparesFirst = true,
  options = {},
}: Given = {}) => {
  const request = {
    ...({ mode: 'sync', source, destination } as const),
    options: {
      ...DEFAULT_OPTIONS,
      ...options,
    },
  };
  const limits = { ...DEFAULT_LIMITS, copyChildren: billing.lambda ? 50 : 1 };
  return forecastOf({
    ...{
      terms: termsOf(request, source.type === 's3' && destination.type === 's3', billing, limits),
      request,
      limits,
      planRequests: 0,
    },
    comparison: {
      ...{ copyList: { count, bytes: count * mean }, tookMs: 10_000 },
      pages: source.type === 's3' ? { source: 1_100, destination: 50 } : { source: 0, destination: 50 },
    },
    ...{ comparesFirst, tasks: 40 },
    items: Array.from({ length: items }, (_, item) => ({ items, sharing: sharing(item) })),
  });
};

describe('a million pictures within S3', () => {
  test('cost at most 1.05 times what S3 itself asks for requests', () => {
    const { usd, requests } = forecast();
    // 1,100 and 50 pages, again after copying with 1,000 more on the destination; a million copies.
    assert.deepEqual(requests, { list: 3_300, read: 0, write: 1_000_000 });
    assert.equal(usd.requests, 5 + 3_300 * 0.000005);
    assert.ok(usd.total <= 1.05 * usd.requests, `${usd.total} USD against ${usd.requests}`);
    assert.equal(usd.transfer, 0);
    assert.equal(usd.storagePerMonth, 69);
  });

  test('take the two comparisons and the copying', () => {
    const { seconds } = forecast();
    // 64 at once, 150 ms each, in 50 Lambdas.
    assert.equal(seconds, 20 + Math.ceil(1_000_000 / (64 / 0.15) / 50));
  });

  test('take longer by those that share a prefix, not as if all did', () => {
    const { seconds } = forecast({ sharing: (item) => (item < 50 ? 50 : 1) });
    assert.equal(seconds, 20 + Math.ceil((250_000 / (3_500 / 50) + 750_000 / (64 / 0.15)) / 50));
  });

  test('are charged as transfer where they change region', () => {
    const { usd, transferBytes } = forecast({
      source: { ...aws, region: 'us-east-1' } as StoreSpec,
      destination: { ...aws, region: 'eu-west-1' } as StoreSpec,
    });
    assert.equal(transferBytes, 3e12);
    assert.equal(usd.transfer, 60);
  });

  test('continue from a check without listing first', () => {
    assert.equal(forecast({ comparesFirst: false }).requests.list, 2_150);
  });
});

describe('on one machine', () => {
  test('nothing runs that costs, and requests to S3 still do', () => {
    const { usd, lambda, transitions, tableWrites, requests } = forecast({
      source: folder,
      billing: { prices: LIST_PRICES },
    });
    assert.deepEqual(
      { lambda, transitions, tableWrites },
      { lambda: { invocations: 0, gigabyteSeconds: 0 }, transitions: 0, tableWrites: 0 },
    );
    assert.equal(usd.running, 0);
    assert.deepEqual(requests, { list: 50 * 2 + 1_000, read: 0, write: 1_000_000 });
  });

  test('a line that is limited takes its time', () => {
    const { seconds } = forecast({
      ...{ source: folder, billing: { prices: LIST_PRICES }, count: 1_000, mean: 1_000_000 },
      options: { bandwidthLimit: 1_000_000 },
    });
    assert.equal(seconds, 20 + 1_000);
  });

  test('between folders nothing costs', () => {
    const { usd, requests } = forecast({ source: folder, destination: folder, billing: { prices: LIST_PRICES } });
    assert.deepEqual(usd, { requests: 0, transfer: 0, running: 0, total: 0, storagePerMonth: 0 });
    assert.deepEqual(requests, { list: 0, read: 0, write: 0 });
  });
});

test('nothing missing: one comparison, nothing else', () => {
  const { requests, seconds, usd } = forecast({ count: 0, items: 0 });
  assert.deepEqual(requests, { list: 1_150, read: 0, write: 0 });
  assert.equal(seconds, 10);
  assert.equal(usd.storagePerMonth, 0);
});

test('is said in a sentence or two', () => {
  assert.equal(
    forecastText(forecast()),
    'A sync of these 1,000,000 (3.00 TB) would take about 1 min 07 s, 1,003,300 requests (1,000,000 that write). ' +
      `By prices of 2026-11, it would cost ${formatUsd(forecast().usd.total)} USD, and 69.00 USD a month for storage.`,
  );
  for (const [usd, text] of [
    [0, '0'],
    [0.004, 'less than 0.01'],
    [0.32, '0.32'],
    [12.4, '12.40'],
    [1_234.5, '1,235'],
  ] as const)
    assert.equal(formatUsd(usd), text);
});
