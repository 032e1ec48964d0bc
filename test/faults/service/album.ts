// A small migration in which everything happens: pictures there already, different and kept, empty, in parts, over several pages.

import { createHash } from 'node:crypto';
import type { EmbeddedHost, EmbeddedOptions } from '../../../lib/embedded/host.ts';
import type { CreateOnly } from '../../../lib/stores/spec.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import type { Stores } from '../ledger.ts';
import { givenWorld, type World, type WorldOptions } from '../world.ts';

/** Bytes that differ everywhere: what is cut, swapped or repeated shows. */
export const bytes = (sizeBytes: number, seed: string): Buffer => {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < sizeBytes; i++) blocks.push(createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, sizeBytes);
};

export const LIMITS = { copyObjectMaxBytes: 1_000, partSizeBytes: 1_000 };

const THERE = ['cam1/1.jpg', 'cam1/2.jpg'];
const NEW = ['cam1/4 é+.jpg', 'cam2/5.jpg', 'cam2/6.jpg', 'loose.jpg'];
const LARGE = ['cam2/large 1.mp4', 'cam2/large 2.mp4'];
/** What a sync brings to the destination. */
export const ARRIVING = [...NEW, 'cam1/empty.jpg', ...LARGE];

export interface Setting {
  readonly stores: Stores;
  readonly createOnly?: CreateOnly;
}

export const settingsOf = (stores: readonly Stores[]): Setting[] =>
  stores.flatMap((one) =>
    one.startsWith('S3') && one.endsWith('folder')
      ? [{ stores: one }]
      : (['native', 'headFirst'] as const).map((createOnly) => ({ stores: one, createOnly })),
  );

export const givenAlbum = async (context: Cleanup, setting: Setting, more: Partial<WorldOptions> = {}) => {
  const world = await givenWorld(context, { pageSize: 3, maxAttempts: 4, ...LIMITS, ...setting, ...more });
  const { source, destination } = world;
  for (const key of [...THERE, ...NEW]) await source.put(key, bytes(100, key));
  for (const key of LARGE) await source.put(key, bytes(2_500, key));
  await source.put('cam1/3 different.jpg', bytes(100, 'ours'));
  await source.put('cam1/empty.jpg', '');
  for (const key of THERE) await destination.put(key, bytes(100, key));
  await destination.put('cam1/3 different.jpg', bytes(90, 'theirs'));
  await destination.put('cam3/only there.jpg', bytes(100, 'only there'));
  return world;
};

/** The host that goes with it. */
export const hostOf = (world: World, more: EmbeddedOptions = {}): Promise<EmbeddedHost> =>
  world.host({ limits: LIMITS, ...more });
