// The pairs of stores of a soak, with four cameras each: folders, buckets of one service, buckets of two.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreSpec } from '../../../lib/stores/spec.ts';
import { type MemoryS3, memoryS3 } from '../../support/memory-s3/memory-s3.ts';
import { Album } from '../cameras/album.ts';
import { runCamera } from '../cameras/camera.ts';
import type { Random } from '../cameras/random.ts';
import { type Watch, watchOver } from '../cameras/watch.ts';
import { bucketSide, folderSide, type Side } from '../world.ts';

/** A side under the name it has in picferry.json. */
export type SoakSide = readonly [name: string, side: Side];
export type Direction = readonly [from: SoakSide, to: SoakSide];

export interface SoakPair {
  readonly name: string;
  readonly sides: Direction;
  readonly album: Album;
  readonly watch: Watch;
}

/** Pauses within a picture stay far below it. */
export const MIN_AGE_MS = 2_500;

export const openPairs = async (root: string): Promise<{ pairs: SoakPair[]; services: MemoryS3[] }> => {
  const services = await Promise.all([memoryS3({ pageSize: 200 }), memoryS3({ pageSize: 150 })]);
  const [one, another] = services as [MemoryS3, MemoryS3];
  const folder = async (name: string): Promise<Side> => {
    await mkdir(join(root, name), { recursive: true });
    return folderSide(join(root, name));
  };
  const bucket = (service: MemoryS3, name: string): Side => bucketSide(service, name, 'native');
  const pairs = [
    pairOf('folders', await folder('folders-old'), await folder('folders-new')),
    pairOf('mixed', await folder('mixed-old'), bucket(one, 'mixed-new')),
    pairOf('buckets', bucket(one, 'buckets-old'), bucket(one, 'buckets-new')),
    pairOf('services', bucket(one, 'services-old'), bucket(another, 'services-new')),
  ];
  const stores = Object.fromEntries(pairs.flatMap(({ sides }) => sides.map(([name, { spec }]) => [name, named(spec)])));
  await writeFile(join(root, 'picferry.json'), JSON.stringify({ stores }));
  return { pairs, services };
};

export const directionsOf = ({ sides: [old, new_] }: SoakPair): readonly Direction[] => [
  [old, new_],
  [new_, old],
];

const named = (spec: StoreSpec): object => {
  if (spec.type === 'folder') return { folder: spec.path };
  const { bucket, prefix, endpointUrl, region, createOnly } = spec;
  return { bucket, prefix, endpointUrl, region, createOnly };
};

const pairOf = (name: string, old: Side, new_: Side): SoakPair => {
  const album = new Album();
  const sides = [
    [`${name}-old`, old],
    [`${name}-new`, new_],
  ] as const;
  return { name, sides, album, watch: watchOver([old, new_], album, { forgets: true }) };
};

/** Resolves when all have stopped, their last pictures whole. */
export const runCameras = async ({ name: pair, sides, album }: SoakPair, random: Random, signal: AbortSignal) => {
  const [[, old], [, new_]] = sides;
  const cameras: Readonly<Record<string, (number: number) => Side>> = {
    cam1: () => old,
    cam2: () => new_,
    cam3: (number) => (number < 30 ? old : new_),
    cam4: () => old,
  };
  await Promise.all(
    Object.entries(cameras).map(([name, sideOf]) =>
      runCamera({
        ...{ name, album, sideOf, signal, minAgeMs: MIN_AGE_MS, random: random.branch(`${pair} ${name}`) },
        ...{ shots: Number.POSITIVE_INFINITY, resends: 2, everyMs: [800, 3_200], pauseMs: [20, 300] },
        ...{ longPauseMs: [500, 1_000], ...(name === 'cam4' && { echo: { side: new_, behind: [0, 3] } }) },
        ...{ sizeBytes: [200, 6_000], largeOneIn: 60 },
      }),
    ),
  );
};
