// What one case's migrations have in common: its world, its clock, and how its host is opened.
import type { EmbeddedOptions } from '../../../lib/embedded/host.ts';
import type { Mode, Options } from '../../../lib/workflow/request.ts';
import type { World } from '../world.ts';
import type { Case } from './case.ts';
import type { Clock } from './given-case.ts';
import type { Given } from './model.ts';
import { type Shelf, shelfOf } from './shelf.ts';

const MINUTE_MS = 60_000;
const LAMBDA_MS = 15 * MINUTE_MS;

export const LONGER_THAN_ANY_LEASE_MS = 3 * LAMBDA_MS;

export interface Stage {
  readonly one: Case;
  readonly world: World;
  readonly clock: Clock;
  readonly options: Partial<Options>;
}

export const optionsOf = ({ options: { modifiedAfterMs, modifiedBeforeMs, ...options } }: Case, now: number) => ({
  ...options,
  ...(modifiedAfterMs === undefined ? {} : { modifiedAfter: new Date(now - modifiedAfterMs).toISOString() }),
  ...(modifiedBeforeMs === undefined ? {} : { modifiedBefore: new Date(now - modifiedBeforeMs).toISOString() }),
});

export const hostOptions = ({ one, clock }: Stage): EmbeddedOptions => {
  const { deployed, handOnAfter, limits, atOnce } = one;
  const ends = deployed || handOnAfter !== undefined;
  const handOnMs = MINUTE_MS;
  return {
    now: clock.now,
    // One at a time where the clock counts looks: the others' looks would end an invocation before it began.
    numbers: { RetrySeconds: 0, ListConcurrency: handOnAfter ? 1 : atOnce, CopyConcurrency: handOnAfter ? 1 : atOnce },
    limits: { ...limits, handOnMs, leaseMs: 2 * LAMBDA_MS, ...(handOnAfter ? { listStreams: 2 } : {}) },
    ...(ends ? { invocationMs: handOnAfter === undefined ? LAMBDA_MS : handOnMs + handOnAfter } : {}),
    ...(deployed
      ? { around: (ports) => ({ ...ports, liveness: { mine: undefined, isDead: async () => false } }) }
      : {}),
  };
};

export const shelves = async ({ world, clock }: Stage): Promise<{ source: Shelf; destination: Shelf }> => ({
  source: await shelfOf(world.source, clock.time),
  destination: await shelfOf(world.destination, clock.time),
});

export const givenNow = async (stage: Stage, mode: Mode): Promise<Given> => ({
  ...(await shelves(stage)),
  ...{ mode, options: stage.options },
  now: stage.one.stores.startsWith('folder') ? Date.now() : stage.clock.time,
});
