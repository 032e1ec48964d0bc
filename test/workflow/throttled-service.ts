// A service that bears so much and no more, and clients that copy to it as Picferry does, all in virtual time.
import { retryDelay } from '../../lib/stores/s3/retry-delay.ts';
import { createAdaptivePlaces } from '../../lib/workflow/adaptive-places.ts';
import { virtualTime } from '../support/virtual-time.ts';

export interface Weather {
  /** Requests it carries out at once; the rest is told to slow down. By time, ms. */
  readonly bears: (now: number) => number;
  readonly pictures: number;
  readonly most: number;
  /** What a request takes, ms. */
  readonly copyMs?: number;
}

export interface Seen {
  readonly copied: number;
  readonly failed: number;
  /** When each request arrived, ms. */
  readonly requests: readonly number[];
  /** When each of those arrived that were told to slow down. */
  readonly refused: readonly number[];
  /** What the limit became, and when. */
  readonly limits: readonly { readonly at: number; readonly limit: number }[];
  readonly endedAt: number;
}

/** The client's own numbers (lib/stores/s3/client.ts). */
const ATTEMPTS = 6;
const FIRST_DELAY_MS = 250;

/** Numbers like random ones, the same each time (Park and Miller's generator, 1988). */
const seeded = (): (() => number) => {
  let seed = 42;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
};

export const copiedTo = async ({ bears, pictures, most, copyMs = 40 }: Weather): Promise<Seen> => {
  const time = virtualTime();
  const random = seeded();
  const adaptive = createAdaptivePlaces(most, time.now);
  const requests: number[] = [];
  const refused: number[] = [];
  const limits = [{ at: 0, limit: adaptive.limit }];
  const outcomes = { copied: 0, failed: 0 };
  let inService = 0;

  const request = async (): Promise<boolean> => {
    requests.push(time.now());
    if (inService >= bears(time.now())) {
      await time.wait(10);
      refused.push(time.now());
      return false;
    }
    inService++;
    await time.wait(copyMs);
    inService--;
    return true;
  };
  const copy = async (): Promise<void> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await request()) return void outcomes.copied++;
      adaptive.throttled();
      if (attempt < ATTEMPTS) await time.wait(retryDelay(attempt, FIRST_DELAY_MS, random));
    }
    outcomes.failed++;
  };
  const note = (): void => {
    if (limits.at(-1)?.limit !== adaptive.limit) limits.push({ at: time.now(), limit: adaptive.limit });
  };
  // As many as there are pictures would be too many promises; twice as many as may copy keep all places busy.
  let next = 0;
  const work = async (): Promise<void> => {
    while (next++ < pictures) {
      await adaptive.places(copy);
      note();
    }
  };
  const all = Promise.all(Array.from({ length: most * 2 }, work));
  await time.run();
  await all;
  return { ...outcomes, requests, refused, limits, endedAt: time.now() };
};

export const within = (times: readonly number[], from: number, to: number): number =>
  times.filter((at) => at >= from && at < to).length;

/** The limit at a moment. */
export const limitAt = ({ limits }: Seen, at: number): number => limits.findLast((one) => one.at <= at)?.limit ?? 0;
