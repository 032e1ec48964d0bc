// What all migrations of this process that copy to one service share: how many copies it bears, and what may be written to it.
import type { LimitFunction } from 'p-limit';
import { newWriteRate } from '../stores/pace.ts';
import type { Rate } from '../stores/rate.ts';
import { createAdaptivePlaces } from '../workflow/adaptive-places.ts';
import type { Places } from '../workflow/steps/context.ts';

export interface Service {
  readonly places: Places;
  readonly throttled: () => void;
  readonly writes: Rate;
}

export interface Services {
  /** undefined where there is none: folders never say "slow down". */
  of(name: string | undefined): Service | undefined;
}

/** `shared`: the process's places, of which no service may have more than there are. */
export const createServices = (shared: LimitFunction): Services => {
  const known = new Map<string, Service>();

  const made = (name: string): Service => {
    const { places, throttled } = createAdaptivePlaces(shared.concurrency);
    // First the place that may have to be waited for longer: a place of the process is for those who copy.
    const service = { places: ((work) => places(() => shared(work))) as Places, throttled, writes: newWriteRate() };
    known.set(name, service);
    return service;
  };

  return { of: (name) => (name === undefined ? undefined : (known.get(name) ?? made(name))) };
};
