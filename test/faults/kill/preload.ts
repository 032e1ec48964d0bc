// Loaded into a process of the program (`node --import`): makes shards and parts small, and kills the process at a write.
import { registerHooks } from 'node:module';
import { SMALL, SMALL_PART_BYTES } from './small.ts';
import type { Killing } from './wrap-writes.ts';

/** S3's parts have a size of their own, which no flag changes. */
registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (!url.endsWith('/lib/stores/s3/store.ts')) return loaded;
    const text = String(loaded.source);
    const small = text.replace(/(const PART_SIZE_BYTES = ).*;/, `$1${SMALL_PART_BYTES};`);
    if (small === text) throw new Error('The size of a part is written elsewhere now.');
    return { ...loaded, source: small };
  },
});

const { DEFAULT_LIMITS } = await import('../../../lib/workflow/limits.ts');
const { wrapWrites } = await import('./wrap-writes.ts');

// What comes by the clock (a commit every second) would come at another call on another machine.
const { setInterval: every } = globalThis;
globalThis.setInterval = ((does: () => void) => every(does, 3_600_000)) as typeof setInterval;

// One object for the whole process: a few pictures make several shards.
Object.assign(DEFAULT_LIMITS, SMALL);
await wrapWrites(JSON.parse(process.env.PICFERRY_KILL ?? '{}') as Killing);
