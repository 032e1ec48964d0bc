// A camera that keeps sending: to one side, or to the old one until it is switched over to the new one.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Side } from '../world.ts';
import type { Album } from './album.ts';
import { takePicture } from './picture.ts';
import type { Random } from './random.ts';
import { WAYS } from './ways.ts';

export interface CameraOptions {
  readonly name: string;
  readonly album: Album;
  readonly random: Random;
  /** Where the picture of that number goes; switched over in between, the last ones are sent again to the new side. */
  sideOf(number: number): Side;
  /** Pictures sent again when the side changes. */
  readonly resends?: number;
  /** A camera with two servers: every picture goes to the other one as well, so many shots later. */
  readonly echo?: { readonly side: Side; readonly behind: readonly [least: number, most: number] };
  readonly shots: number;
  /** Between two pictures. */
  readonly everyMs: readonly [least: number, most: number];
  /** Between two chunks of one. */
  readonly pauseMs: readonly [least: number, most: number];
  /** One pause in eight: long enough for a whole comparison to fit in, well below `--min-age`. */
  readonly longPauseMs: readonly [least: number, most: number];
  /** What `--min-age` promises to wait: a picture whose chunks came further apart is noted as `stalled`. */
  readonly minAgeMs: number;
  readonly sizeBytes: readonly [least: number, most: number];
  /** Every so-manieth picture is a hundred times as large. */
  readonly largeOneIn?: number;
  /** Ends it before its last shot. */
  readonly signal?: AbortSignal;
}

/** Resolves when its last picture stands whole. */
export const runCamera = async (options: CameraOptions): Promise<void> => {
  const { random, shots, everyMs, signal, sideOf, resends = 0, echo } = options;
  const sent: { readonly key: string; readonly body: Buffer }[] = [];
  const echoes: { readonly key: string; readonly body: Buffer; readonly due: number }[] = [];
  const sendDue = async (number: number): Promise<void> => {
    for (const [i, { key, body, due }] of [...echoes.entries()].reverse()) {
      if (!echo || due > number) continue;
      echoes.splice(i, 1);
      await send(key, body, echo.side, options);
    }
  };
  for (let number = 0; number < shots && !signal?.aborted; number++) {
    const side = sideOf(number);
    if (number > 0 && resends > 0 && side !== sideOf(number - 1)) {
      for (const again of sent.slice(-resends)) await send(again.key, again.body, side, options);
    }
    const key = keyOf(options.name, number);
    const isLarge = options.largeOneIn !== undefined && number % options.largeOneIn === options.largeOneIn - 1;
    const body = takePicture(key, random.between(...options.sizeBytes) * (isLarge ? 100 : 1), random);
    await send(key, body, side, options);
    sent.push({ key, body });
    if (sent.length > resends) sent.shift();
    if (echo) echoes.push({ key, body, due: number + random.between(...echo.behind) });
    await sendDue(number);
    await sleep(random.between(...everyMs));
  }
  await sendDue(Number.POSITIVE_INFINITY);
};

/** A picture an hour; three names are what the traps are made of: `+`, a space, a composed letter. */
const keyOf = (camera: string, number: number): string => {
  const at = new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);
  const odd = ['', '+1', ' é'][number % 3];
  return `${camera}/pictures/${at.slice(0, 8)}/${at}${odd}.jpg`;
};

const send = async (key: string, body: Buffer, side: Side, options: CameraOptions): Promise<void> => {
  const { album, random, pauseMs, longPauseMs, minAgeMs } = options;
  const way = random.pick(Object.values(WAYS[side.spec.type]));
  let lastAt = Date.now();
  const pause = async (): Promise<void> => {
    await sleep(random.between(...(random.next() < 1 / 8 ? longPauseMs : pauseMs)));
    if (hasStalled(lastAt, minAgeMs)) album.stalled.add(key);
    lastAt = Date.now();
  };
  album.begin(side, key, body);
  try {
    await way({ side, key, body, cuts: cutsOf(body.length, random), pause });
    if (hasStalled(lastAt, minAgeMs)) album.stalled.add(key);
    if (side.spec.type === 'folder') {
      album.leave(side, key, (await lstat(join(side.spec.path, key), { bigint: true })).ino);
    }
  } finally {
    album.end(side, key);
  }
};

/** A little less than that: what was written before and after somebody looked at the clock took its time as well. */
const hasStalled = (sinceMs: number, minAgeMs: number): boolean => Date.now() - sinceMs > 0.8 * minAgeMs;

const cutsOf = (length: number, random: Random): number[] => {
  const cuts = Array.from({ length: random.between(0, 4) }, () => random.between(1, length - 1));
  return [...new Set([...cuts, length])].sort((a, b) => a - b);
};
