// The program as a process of its own, killed at one of its writes, over two stores that hold a little of everything.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreSpec } from '../../../lib/stores/spec.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { type Running, startPicferry } from '../../support/picferry.ts';
import { KEYS } from '../../support/scripted-s3.ts';
import type { Stores } from '../ledger.ts';
import { givenWorld, type World } from '../world.ts';
import type { Killing, Moment, Point } from './wrap-writes.ts';

export const ASKED = { onDifferent: 'overwrite', concurrency: 1 } as const;
const FLAGS = ['--on-different', 'overwrite', '--concurrency', '1', '--min-age', '0'];
export const SYNC = ['sync', 'old', 'new', ...FLAGS];
export const CHECK = ['check', 'old', 'new', ...FLAGS];

/** Missing ones in several ranges, one of several parts, one there already, one of another size, one only there. */
export const givenPair = async (context: Cleanup, stores: Stores): Promise<World> => {
  const world = await givenWorld(context, { stores });
  const { source, destination, folders } = world;
  const all = {
    'cam1/20260101120000.jpg': 'first',
    'cam1/shared.jpg': 'shared',
    'cam1/other.jpg': 'the newer one',
    'cam2/20260102120000.jpg': 'second',
    'cam2/large.jpg': Buffer.from(Array.from({ length: 270_000 }, (_, i) => (i * 7_919) % 251)),
    'cam2/3.jpg': 'third',
    'loose.jpg': 'loose',
  };
  for (const [key, content] of Object.entries(all)) await source.put(key, content);
  await destination.put('cam1/shared.jpg', 'shared');
  await destination.put('cam1/other.jpg', 'other');
  await destination.put('cam9/only-there.jpg', 'there');
  // By name, so that a store says of itself what no flag says.
  const named = { old: namedOf(source.spec), new: namedOf(destination.spec) };
  await writeFile(join(folders.root, 'picferry.json'), JSON.stringify({ stores: named }));
  return world;
};

const namedOf = (spec: StoreSpec) => {
  if (spec.type === 'folder') return { folder: spec.path };
  const { bucket, prefix, region, endpointUrl, createOnly } = spec;
  return { bucket, prefix, region, endpointUrl, createOnly };
};

export const start = (
  { folders: { root, stateDir } }: World,
  args: readonly string[],
  killing: Omit<Killing, 'root'> = {},
): Running =>
  startPicferry([...args, '--state-dir', stateDir, '--json'], {
    cwd: root,
    env: {
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'preload.ts')}`,
      PICFERRY_KILL: JSON.stringify({ ...killing, root: `${root}/` } satisfies Killing),
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
  });

/** What to run, in a world that nothing ran in yet. */
export type Given = () => Promise<{ readonly world: World; readonly args: readonly string[] }>;

/**
 * Lets it run to its end and gives everything it changed, in order, at every moment there is. On a busy machine two writes
 * may meet, and one is repeated: calls that only one of two runs made are left out.
 */
export const pointsOf = async (given: Given, killing: Killing = {}): Promise<readonly NamedPoint[]> => {
  const [points, again] = [await pointsOnce(given, killing), await pointsOnce(given, killing)];
  const made = new Set(again.map(({ call }) => call));
  return points.filter(({ call }) => made.has(call));
};

const pointsOnce = async (given: Given, killing: Killing): Promise<readonly NamedPoint[]> => {
  const { world, args } = await given();
  const log = join(world.folders.root, 'calls');
  const { code, stderr } = await start(world, args, { ...killing, log }).ended;
  // 1: a check that found something missing.
  if (code !== 0 && !(code === 1 && args[0] === 'check')) throw new Error(`Without any fault: exit ${code}\n${stderr}`);
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  await rm(log);
  return lines.flatMap((line) => {
    const [call = '', half] = line.split('\t');
    const moments: Moment[] = ['before', ...(half === undefined ? [] : (['halfWay'] as const)), 'after'];
    return moments.map((moment) => ({ call, moment }));
  });
};

export type NamedPoint = Extract<Point, { call: string }>;

/**
 * How often the record is written depends on the moment: where a run made the call less often than the one that counted,
 * the caller's case has no moment to be killed at, and is what a healthy run is.
 */
export const killedAt = async (world: World, args: readonly string[], at: Point, more: Killing = {}): Promise<void> => {
  const { code, signal, stdout, stderr } = await start(world, args, { ...more, at }).ended;
  if (signal === 'SIGKILL' || (code === 0 && 'call' in at && LATE_COMMIT.test(at.call))) return;
  throw new Error(`It was not killed: exit ${code}\n${stdout}\n${stderr}`);
};

/** One of the last commits of a run: earlier ones every run makes. */
const LATE_COMMIT = /^sqlite (BEGIN|COMMIT)\S* \((3\d|[4-9]\d)\)/;
