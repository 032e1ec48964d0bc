// What a sync of all that was found missing would take: figures, and the sentences people read.
import type { Amount } from '../compare/entry.ts';
import { formatBytes, formatCount, formatDuration, formatUsd } from './format.ts';

/** By the table of prices; USD. */
export interface ForecastUsd {
  readonly requests: number;
  readonly transfer: number;
  /** Lambda, state transitions and the table: 0 on one machine. */
  readonly running: number;
  readonly total: number;
  readonly storagePerMonth: number;
}

export interface Forecast {
  /** What would be copied: the copy list. */
  readonly copyList: Amount;
  /** To S3 stores: listings before and after, GET and HEAD, PUT, COPY and POST. */
  readonly requests: { readonly list: number; readonly read: number; readonly write: number };
  /** Of these, what AWS charges for because it leaves a region or AWS. */
  readonly transferBytes: number;
  /** 0 on one machine. */
  readonly lambda: { readonly invocations: number; readonly gigabyteSeconds: number };
  readonly transitions: number;
  readonly tableWrites: number;
  readonly seconds: number;
  readonly usd: ForecastUsd;
  /** Month of the table of prices; `changed`: picferry.json says otherwise. */
  readonly prices: { readonly asOf: string; readonly changed: boolean };
}

/** Of a copy list that holds something: one sentence or two, for terminals. */
export const forecastText = ({ copyList, requests, transferBytes, seconds, usd, prices }: Forecast): string => {
  const all = requests.list + requests.read + requests.write;
  const parts = [
    `about ${formatDuration(seconds * 1_000)}`,
    ...(all > 0
      ? [`${formatCount(all)} requests${requests.write > 0 ? ` (${formatCount(requests.write)} that write)` : ''}`]
      : []),
    ...(transferBytes > 0 ? [`${formatBytes(transferBytes)} of charged transfer`] : []),
  ];
  const cost =
    usd.total + usd.storagePerMonth > 0
      ? ` By prices of ${prices.asOf}${prices.changed ? ', changed in picferry.json' : ''}, it would cost ${formatUsd(usd.total)} USD, and ${formatUsd(usd.storagePerMonth)} USD a month for storage.`
      : '';
  return `A sync of these ${formatCount(copyList.count)} (${formatBytes(copyList.bytes)}) would take ${parts.join(', ')}.${cost}`;
};
