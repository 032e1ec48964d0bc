// Forecasts a sync from what a comparison has just counted: requests, Lambda, transitions, transfer, storage, time, cost.
import type { Forecast } from '../report/forecast.ts';
import { LIST_PRICES, PRICES_AS_OF } from '../stores/prices.ts';
import type { Limits } from './limits.ts';
import { noPages } from './pages.ts';
import type { CopyItem } from './payloads.ts';
import type { Comparison } from './record.ts';
import type { MigrationRequest } from './request.ts';
import { copiesAtOnce, copyPace } from './shares.ts';
import {
  type Requests,
  requestsOf,
  type Terms,
  usdOfComparing,
  usdOfPlanning,
  usdOfRequests,
  usdOfRunning,
} from './terms.ts';

/**
 * S3 answers small requests in 100 to 200 ms
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html).
 */
const COPY_SECONDS = 0.15;
/** What one process has been seen to send off: bench/RESULTS.md, copying. */
const COPIES_PER_SECOND = 1_000;
/** Half a gigabit a second: an assumption for a Lambda and for this machine alike. */
const STREAM_BYTES_PER_SECOND = 62_500_000;
/** A Lambda's share of a page, 16 of which are waited for at once. */
const PAGE_SECONDS = 0.01;
/** Starting, opening, the last commit. */
const INVOCATION_SECONDS = 0.5;
/** Of its 900 s, 30 are kept for the last commit. */
const LONGEST_INVOCATION_SECONDS = 870;
/** Plan, Begin, List, Summarise, Decide, Copy, Verify, List, Summarise, Decide, Finish, and the beginning. */
const OWN_TRANSITIONS = 12;
/** The beginning, the task, the choice, the end. */
const CHILD_TRANSITIONS = 4;
/** Start, Plan, Summarise twice, Verify, Finish. */
const OWN_INVOCATIONS = 6;
/** Of 1 KB each: a few of the migration's own, and some commits of a task or item. */
const OWN_WRITES = 40;
const CHILD_WRITES = 20;

export interface Forecasting {
  readonly terms: Terms;
  readonly request: MigrationRequest;
  readonly limits: Limits;
  /** Requests to S3 that it takes to find prefixes. */
  readonly planRequests: number;
  readonly comparison: Pick<Comparison, 'copyList' | 'pages' | 'looks' | 'tookMs'>;
  /** False: the list comes from an earlier migration, and only what was copied is compared. */
  readonly comparesFirst: boolean;
  readonly tasks: number;
  readonly items: readonly Pick<CopyItem, 'items' | 'sharing'>[];
}

export const forecastOf = (input: Forecasting): Forecast => {
  const { terms, planRequests, comparison, comparesFirst, tasks, items } = input;
  const { copyList, pages = noPages(), looks = 0, tookMs = 0 } = comparison;
  const usage = copyingOf(input);
  // What had something to copy is listed once more, with what was copied.
  const again = copyList.count === 0 ? 0 : 1;
  const comparisons = Number(comparesFirst) + again;
  const lists = {
    source: pages.source * comparisons,
    destination: pages.destination * comparisons + Math.ceil(copyList.count / 1_000) * again,
  };
  const { billing, destination } = terms;
  const { prices, lambda } = billing;
  const children = lambda ? tasks * comparisons + Math.max(items.length, usage.invocations) : 0;
  const listSeconds = (lists.source + lists.destination) * PAGE_SECONDS;
  const gigabyteSeconds =
    (lambda?.gigabytes ?? 0) * (listSeconds + usage.childSeconds + (children + OWN_INVOCATIONS) * INVOCATION_SECONDS);
  const invocations = lambda ? children + OWN_INVOCATIONS : 0;
  const transitions = lambda ? OWN_TRANSITIONS + children * CHILD_TRANSITIONS : 0;
  const tableWrites = lambda ? OWN_WRITES + children * CHILD_WRITES : 0;
  const usd = {
    requests:
      usdOfPlanning(planRequests, terms) +
      usdOfComparing({ pages: lists, looks: comparisons * looks }, terms) +
      usdOfRequests(terms, usage.requests),
    transfer: copyList.bytes * terms.transferPerByte,
    running: usdOfRunning({ invocations, gigabyteSeconds, transitions, tableWrites }, prices),
  };
  const isS3 = ({ type }: { readonly type: string }) => type === 's3';
  const { sourceReads, destinationReads, writes } = usage.requests;
  return {
    copyList,
    requests: {
      list:
        planRequests +
        (isS3(input.request.source) ? lists.source : 0) +
        (isS3(input.request.destination) ? lists.destination : 0),
      read: sourceReads + destinationReads + 2 * comparisons * looks,
      write: writes,
    },
    transferBytes: terms.transferPerByte > 0 ? copyList.bytes : 0,
    lambda: { invocations, gigabyteSeconds: Math.round(gigabyteSeconds) },
    ...{ transitions, tableWrites },
    seconds: Math.ceil((tookMs / 1_000) * comparisons + usage.seconds),
    usd: {
      requests: rounded(usd.requests),
      transfer: rounded(usd.transfer),
      running: rounded(usd.running),
      total: rounded(usd.requests + usd.transfer + usd.running),
      storagePerMonth: rounded(copyList.bytes * destination.storagePerByteMonth),
    },
    prices: { asOf: PRICES_AS_OF, changed: prices !== LIST_PRICES },
  };
};

/** To a hundredth of a cent, of which something is never nothing: report.json has room for few digits. */
const rounded = (usd: number): number => (usd > 0 ? Math.max(1, Math.round(usd * 1e4)) / 1e4 : 0);

interface Copying {
  readonly requests: Requests;
  /** From the first to the last; and of all children together. */
  readonly seconds: number;
  readonly childSeconds: number;
  readonly invocations: number;
}

/** As if all pictures had the mean size. */
const copyingOf = ({ terms, request, limits, comparison: { copyList }, items }: Forecasting): Copying => {
  const { count, bytes } = copyList;
  if (count === 0) return { requests: NO_REQUESTS, seconds: 0, childSeconds: 0, invocations: 0 };
  const each = requestsOf(terms, bytes / count);
  const { bytesPerSecond = Infinity } = copyPace(request, { items: items.length } as CopyItem, limits);
  const streamed = terms.isServerSide ? 0 : bytes / Math.min(STREAM_BYTES_PER_SECOND, bytesPerSecond);
  const childSeconds = Math.max(count * secondsOfOne({ request, limits, items }, each), streamed);
  const children = Math.max(1, Math.min(limits.copyChildren, items.length));
  return {
    requests: {
      sourceReads: each.sourceReads * count,
      destinationReads: each.destinationReads * count,
      writes: each.writes * count,
    },
    seconds: childSeconds / children,
    childSeconds,
    invocations: Math.ceil(childSeconds / LONGEST_INVOCATION_SECONDS),
  };
};

/** In one child: the mean of all items, as their shards are as large as each other, but for a range's last. */
const secondsOfOne = (
  { request, limits, items }: Pick<Forecasting, 'request' | 'limits' | 'items'>,
  { sourceReads, destinationReads, writes }: Requests,
): number => {
  const sharers = new Map<number, number>();
  for (const { sharing = items.length } of items) sharers.set(sharing, (sharers.get(sharing) ?? 0) + 1);
  let sum = 0;
  for (const [sharing, its] of sharers) {
    const pace = copyPace(request, { items: items.length, sharing } as CopyItem, limits);
    const { requestsPerSecond = Infinity, writesPerSecond = Infinity } = pace;
    const perSecond = Math.min(
      copiesAtOnce(request.options, pace, limits) / COPY_SECONDS,
      COPIES_PER_SECOND,
      requestsPerSecond / Math.max(1, sourceReads + destinationReads + writes),
      writesPerSecond / Math.max(1, writes),
    );
    sum += its / perSecond;
  }
  return sum / Math.max(1, items.length);
};

const NO_REQUESTS = { sourceReads: 0, destinationReads: 0, writes: 0 };
