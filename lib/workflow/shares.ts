// What one invocation may use of limits that hold for the whole migration, and of what S3 takes below one prefix.
import type { PaceLimits } from '../stores/pace.ts';
import { isOnAws } from '../stores/service-name.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Limits } from './limits.ts';
import type { CopyItem } from './payloads.ts';
import type { Options } from './request.ts';

type Asked = Pick<Options, 'tpsLimit' | 'bandwidthLimit' | 'concurrency'>;

/** A copy has one to three requests: so many seconds' worth of them keep the line busy, and none waits longer than it takes to hand on. */
const QUEUED_SECONDS = 2;
/** Less a second for each picture under way, and services close connections that they take for dead. */
const LEAST_BYTES_PER_SECOND = 64 * 1024;
/** Plan makes no more requests than in this time. */
const PLAN_SECONDS = 60;
/** An item is held in memory: 200,000 lines are about 60 MB. */
const MOST_SHARDS_IN_ITEM = 40;

const childrenAtOnce = (children: number, items: number | undefined): number =>
  Math.max(1, Math.min(children, items ?? children));

const sharedBy = (children: number, { tpsLimit, bandwidthLimit }: Asked): PaceLimits => ({
  ...(tpsLimit === undefined ? {} : { requestsPerSecond: tpsLimit / children }),
  ...(bandwidthLimit === undefined ? {} : { bytesPerSecond: bandwidthLimit / children }),
});

/** Plan runs alone. */
export const planPace = (asked: Asked): PaceLimits => sharedBy(1, asked);

/** `tasks`: how many the plan has. */
export const listPace = (asked: Asked, tasks: number, { listChildren }: Limits): PaceLimits =>
  sharedBy(childrenAtOnce(listChildren, tasks), asked);

interface Copying {
  readonly options: Asked;
  readonly destination: StoreSpec;
}

/** An item of an older plan does not say whom it shares with: then with all that may run. */
export const copyPace = (
  { options, destination }: Copying,
  { items, sharing = items }: CopyItem,
  { copyChildren, writesPerSecond }: Limits,
): PaceLimits => ({
  ...sharedBy(childrenAtOnce(copyChildren, items), options),
  writesPerSecond: isOnAws(destination)
    ? writesPerSecond / childrenAtOnce(copyChildren, sharing)
    : Number.POSITIVE_INFINITY,
});

/** Pictures one Copy invocation has under way: no more than a slow line is worth. */
export const copiesAtOnce = (asked: Asked, pace: PaceLimits, limits: Limits): number => {
  const { requestsPerSecond = Number.POSITIVE_INFINITY, bytesPerSecond = Number.POSITIVE_INFINITY } = pace;
  const wanted = asked.concurrency === undefined ? limits.copiesPerShard : asked.concurrency / limits.copyChildren;
  const most = Math.min(wanted, requestsPerSecond * QUEUED_SECONDS, bytesPerSecond / LEAST_BYTES_PER_SECOND);
  return Math.max(1, Math.floor(most));
};

/** Ranges one List invocation reads at once, of two listings each. */
export const rangesAtOnce = ({ requestsPerSecond = Number.POSITIVE_INFINITY }: PaceLimits): number =>
  Math.max(1, Math.floor((requestsPerSecond * QUEUED_SECONDS) / 2));

/** Few requests a second are not worth many Lambdas that wait for each other: at most as many tasks as one a second feeds. */
export const planningLimits = ({ tpsLimit }: Asked, limits: Limits): Limits => {
  if (tpsLimit === undefined) return limits;
  return {
    ...limits,
    planRequests: Math.min(limits.planRequests, Math.ceil(tpsLimit * PLAN_SECONDS)),
    planTasks: Math.min(limits.planTasks, Math.ceil(tpsLimit)),
  };
};

/** The same for the items of a copy plan. */
export const itemsAtMost = ({ tpsLimit, bandwidthLimit }: Asked, shards: number, { maxCopyItems }: Limits): number => {
  const fed = Math.min(
    tpsLimit === undefined ? Number.POSITIVE_INFINITY : Math.ceil(tpsLimit),
    bandwidthLimit === undefined ? Number.POSITIVE_INFINITY : Math.ceil(bandwidthLimit / LEAST_BYTES_PER_SECOND),
  );
  return Math.min(maxCopyItems, Math.max(fed, Math.ceil(shards / MOST_SHARDS_IN_ITEM)));
};
