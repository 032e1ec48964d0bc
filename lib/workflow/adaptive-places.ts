// Places to copy in, as many as the service bears: grows and shrinks while it is used.
import pLimit from 'p-limit';
import { Concurrency } from './concurrency.ts';
import type { Places } from './steps/context.ts';

export interface AdaptivePlaces {
  readonly places: Places;
  /** Told of every answer that says "slow down", also where the client's own repetition mends it. */
  readonly throttled: () => void;
  /** As many as may be taken at this moment. */
  readonly limit: number;
}

/** `most`: never more than that at once. `now`: ms of a clock that does not go back. */
export const createAdaptivePlaces = (most: number, now: () => number = () => performance.now()): AdaptivePlaces => {
  const concurrency = new Concurrency(most);
  const places = pLimit(concurrency.limit);
  const adjust = (): void => {
    if (places.concurrency !== concurrency.limit) places.concurrency = concurrency.limit;
  };
  return {
    places: (work) =>
      places(async () => {
        try {
          return await work();
        } finally {
          concurrency.ended(places.activeCount, now());
          adjust();
        }
      }),
    throttled: () => {
      concurrency.throttled(now());
      adjust();
    },
    get limit() {
      return concurrency.limit;
    },
  };
};
