// What a pair's requests and bytes cost: which prices hold for which side, and what copying one picture takes.
import { partSizeFor } from '../stores/part-size.ts';
import { classPrices, type Prices } from '../stores/prices.ts';
import { isOnAws } from '../stores/service-name.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Limits } from './limits.ts';
import type { Pages } from './pages.ts';
import type { MigrationRequest } from './request.ts';

/** Who runs the steps, as far as it is paid for. */
export interface Billing {
  readonly prices: Prices;
  /** Deployed: what a Lambda has, and where. */
  readonly lambda?: { readonly gigabytes: number; readonly region: string };
}

/** USD each. */
interface SidePrices {
  readonly list: number;
  readonly read: number;
  readonly write: number;
  readonly storagePerByteMonth: number;
}

export interface Terms {
  readonly source: SidePrices;
  readonly destination: SidePrices;
  readonly billing: Billing;
  readonly isServerSide: boolean;
  /** Requests beside the copy itself, at most. */
  readonly readsBefore: { readonly source: number; readonly destination: number };
  /** Above it a picture travels in parts. */
  readonly wholeMaxBytes: number;
  readonly partSizeBytes: number;
  readonly writesDestination: boolean;
  /** USD; 0 where nothing is charged for it. */
  readonly transferPerByte: number;
}

const GB = 1e9;

export const termsOf = (
  { source, destination, options }: MigrationRequest,
  sameService: boolean,
  billing: Billing,
  limits: Pick<Limits, 'copyObjectMaxBytes' | 'partSizeBytes'>,
): Terms => {
  const { prices } = billing;
  const isFromS3 = source.type === 's3';
  const isToS3 = destination.type === 's3';
  const isServerSide = sameService && isFromS3 && isToS3;
  const replaces = options.onDifferent !== 'keep';
  const looksFirst = isToS3 && destination.createOnly === 'headFirst';
  return {
    source: sidePrices(source, 'STANDARD', prices),
    destination: sidePrices(destination, options.storageClass ?? 'STANDARD', prices),
    ...{ billing, isServerSide },
    readsBefore: {
      source: isFromS3 ? (isServerSide ? Number(replaces) : 1 + Number(options.tags && isToS3)) : 0,
      destination: isToS3 ? Number(looksFirst) + Number(replaces) : 0,
    },
    wholeMaxBytes: isServerSide ? limits.copyObjectMaxBytes : limits.partSizeBytes,
    partSizeBytes: limits.partSizeBytes,
    writesDestination: isToS3,
    transferPerByte: transferPerGb(source, destination, isServerSide, billing) / GB,
  };
};

const sidePrices = (spec: StoreSpec, storageClass: string, prices: Prices): SidePrices => {
  if (spec.type === 'folder') return { list: 0, read: 0, write: 0, storagePerByteMonth: 0 };
  const aws = { ...prices, ...classPrices(prices, storageClass) };
  const { listPerThousand, readPerThousand, writePerThousand, storagePerGbMonth } = isOnAws(spec)
    ? aws
    : prices.elsewhere;
  return {
    list: listPerThousand / 1_000,
    read: readPerThousand / 1_000,
    write: writePerThousand / 1_000,
    storagePerByteMonth: storagePerGbMonth / GB,
  };
};

/** AWS charges for what leaves a region. A store of which no region is known is where the deployment is. */
const transferPerGb = (
  source: StoreSpec,
  destination: StoreSpec,
  isServerSide: boolean,
  { prices, lambda }: Billing,
): number => {
  const regionOf = (spec: StoreSpec) => (spec.type === 's3' && isOnAws(spec) ? (spec.region ?? lambda?.region) : '');
  const [from, to] = [regionOf(source), regionOf(destination)];
  const between = (one?: string, other?: string) =>
    one !== undefined && other !== undefined && one !== other ? prices.betweenRegionsPerGb : 0;
  const out = source.type === 'folder' ? 0 : from === '' ? prices.elsewhere.outPerGb : prices.internetPerGb;
  if (isServerSide) return from === '' ? 0 : between(from, to);
  // Bytes that pass through this machine leave AWS, wherever they go on to.
  if (lambda === undefined) return out;
  const toLambda = from === '' ? out : between(from, lambda.region);
  return toLambda + (to === '' ? prices.internetPerGb : between(lambda.region, to));
};

export interface Requests {
  readonly sourceReads: number;
  readonly destinationReads: number;
  readonly writes: number;
}

/** Of one picture, at most: a picture in parts is read first, begun and completed. */
export const requestsOf = (terms: Terms, sizeBytes: number): Requests => {
  const { isServerSide, readsBefore, wholeMaxBytes, partSizeBytes, writesDestination } = terms;
  const isInParts = sizeBytes > wholeMaxBytes;
  const parts = isInParts ? Math.ceil(sizeBytes / partSizeFor(sizeBytes, partSizeBytes)) + 2 : 1;
  return {
    sourceReads: readsBefore.source + (isServerSide && isInParts ? 2 : 0),
    destinationReads: readsBefore.destination,
    writes: writesDestination ? parts : 0,
  };
};

export const usdOfRequests = ({ source, destination }: Terms, requests: Requests): number =>
  requests.sourceReads * source.read +
  requests.destinationReads * destination.read +
  requests.writes * destination.write;

/** USD, for one attempt. */
export const usdOfPicture = (terms: Terms, sizeBytes: number): number =>
  usdOfRequests(terms, requestsOf(terms, sizeBytes)) + sizeBytes * terms.transferPerByte;

/** For a comparison. */
export interface Asked {
  readonly pages: Pages;
  /** Pictures that were looked at on both sides, one by one. */
  readonly looks: number;
}

export const usdOfComparing = ({ pages, looks }: Asked, { source, destination }: Terms): number =>
  pages.source * source.list + pages.destination * destination.list + looks * (source.read + destination.read);

/** Nobody noted which side was asked: the dearer one. */
export const usdOfPlanning = (requests: number, { source, destination }: Terms): number =>
  requests * Math.max(source.list, destination.list);

export interface Running {
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  readonly transitions: number;
  readonly tableWrites: number;
}

/** In AWS; on one machine nothing of the kind is charged. */
export const usdOfRunning = ({ invocations, gigabyteSeconds, transitions, tableWrites }: Running, prices: Prices) =>
  gigabyteSeconds * prices.lambdaPerGbSecond +
  (invocations * prices.lambdaPerMillion + tableWrites * prices.tableWritesPerMillion) / 1e6 +
  (transitions * prices.transitionsPerThousand) / 1e3;
