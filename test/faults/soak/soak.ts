// Everything at once for some minutes: cameras, migrations in both directions, every fault; measured, and proved at the end.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteRecords } from '../../../lib/embedded/sqlite-records.ts';
import { seeded } from '../cameras/random.ts';
import {
  addSchedules,
  count,
  type Driving,
  drive,
  isQuiet,
  killSyncs,
  type Rest,
  removeSchedules,
  syncOnce,
} from './driving.ts';
import { idleAfter, type Proof, proveMigrations, proveUnion, sizeOf } from './ending.ts';
import { type SoakedHost, startHost } from './host.ts';
import { type Flatness, flatnessOf, type Sample } from './measures.ts';
import { directionsOf, MIN_AGE_MS, openPairs, runCameras, type SoakPair } from './pairs.ts';
import { leaveStaleLeases } from './stale.ts';
import { badWeather } from './weather.ts';

export interface SoakOptions {
  /** Load and proof together; the proof takes about `ENDING_MS`, longer after a long run. */
  readonly minutes: number;
  readonly seed: number;
  /** Ends the load early; the proof follows. */
  readonly signal?: AbortSignal;
  /** Leaves everything in its place where something is wrong, for whoever wants to look. */
  readonly keeps?: boolean;
  onSample?(sample: Sample): void;
  say?(sentence: string): void;
}

export interface Soaked {
  readonly samples: readonly Sample[];
  readonly flatness: readonly Flatness[];
  readonly proof: Proof;
  readonly tally: Readonly<Record<string, number>>;
  readonly pictures: number;
  readonly loadSeconds: number;
  /** State folder: bytes and files by migration, at the end. */
  readonly stateBytesPerMigration: number;
  readonly stateFilesPerMigration: number;
  /** What is wrong, in sentences; none: it passed. */
  readonly wrong: readonly string[];
}

const ENDING_MS = 14_000;
const SAMPLE_EVERY_MS = 2_000;
/** Every so many milliseconds everybody holds still for a moment. */
const REST_EVERY_MS = 6_000;
/** What met a full disk is settled within seconds of there being room again. */
const REST_AT_MOST_MS = 20_000;
/** Thousands of files are looked at. */
const SIZE_EVERY_MS = 9_000;

export const runSoak = async ({
  minutes,
  seed,
  signal,
  keeps = false,
  onSample,
  say = () => {},
}: SoakOptions): Promise<Soaked> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'picferry-soak-')));
  const stateDir = join(root, 'state');
  const { pairs, services } = await openPairs(root);
  let host: SoakedHost | undefined;
  let soaked: Soaked | undefined;
  try {
    host = await startHost(root, stateDir, seed);
    soaked = await soak({ minutes, seed, root, stateDir, pairs, services, host, onSample, say, signal });
    return soaked;
  } finally {
    host?.kill();
    await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
    if (keeps && soaked?.wrong.length !== 0) say(`Kept as it ended: ${root}`);
    else await rm(root, { recursive: true, force: true });
  }
};

type Running = Pick<SoakOptions, 'minutes' | 'seed'> &
  Awaited<ReturnType<typeof openPairs>> & {
    readonly root: string;
    readonly stateDir: string;
    readonly host: SoakedHost;
    readonly signal: AbortSignal | undefined;
    readonly onSample: SoakOptions['onSample'];
    say(sentence: string): void;
  };

const soak = async (all: Running): Promise<Soaked> => {
  const { minutes, seed, root, stateDir, pairs, services, host, say } = all;
  const random = seeded(seed);
  const tally: Record<string, number> = {};
  const notArrived: Driving['notArrived'] = new Map();
  const rest: Rest = { asked: false, busy: 0 };
  const over = new AbortController();
  const { signal } = over;
  all.signal?.addEventListener('abort', () => over.abort(), { once: true });
  const beganAt = Date.now();
  const timer = setTimeout(() => over.abort(), Math.max(10_000, minutes * 60_000 - ENDING_MS));
  const weathers = services.map((_, i) => badWeather(random.branch(`weather ${i}`)));
  services.forEach((service, i) => {
    service.around = weathers[i]?.around;
  });
  const records = await openSqliteRecords(join(stateDir, 'records.sqlite'));
  const samples: Sample[] = [];

  await addSchedules(pairs, host);
  /** What breaks ends the load: the others are stopped, and the first reason is told. */
  const work = (what: Promise<unknown>): Promise<unknown> =>
    what.catch((error: Error) => {
      over.abort();
      throw error;
    });
  const done = await Promise.allSettled(
    [
      ...pairs.map((pair) => runCameras(pair, random.branch(pair.name), signal)),
      ...pairs.map((pair) =>
        drive({ pair, host, random: random.branch(`drive ${pair.name}`), signal, tally, notArrived, rest }),
      ),
      killSyncs(pairs, { root, stateDir, random: random.branch('kills'), signal, tally, rest }),
      leaveStaleLeases(pairs, { records, random: random.branch('leases'), signal, tally }),
      fillDisk(host, random.branch('disk'), signal),
      watch(pairs, services, signal),
      measure(all, samples, rest, beganAt, signal),
    ].map(work),
  );
  clearTimeout(timer);
  const wrong = done.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).message] : []));
  const loadSeconds = Math.round((Date.now() - beganAt) / 1_000);
  for (const weather of weathers) {
    weather.clear();
    for (const [trouble, times] of Object.entries(weather.spoiled)) tally[trouble] = (tally[trouble] ?? 0) + times;
  }
  host.disk(0);
  records.close();
  say(`The cameras have stopped after ${loadSeconds} s; the last syncs run without faults.`);

  for (let fired = await removeSchedules(host); fired > 0; fired--) count(tally, 'times a schedule fired');
  await sleep(MIN_AGE_MS);
  for (const pair of pairs) wrong.push(...(await lastSyncs(pair, host)));
  tally['pictures whose camera stalled'] = pairs.reduce((sum, { album }) => sum + album.stalled.size, 0);
  // Connections that nobody uses are closed after some seconds: what stays open now stays for ever.
  const idle = await idleAfter(host);
  if ((await host.stop()) !== 0) wrong.push('The soaked process did not end in good order.');
  for (const pair of pairs) wrong.push(...(await proveUnion(pair)));

  const proof = await proveMigrations(stateDir, notArrived);
  const flatness = flatnessOf(samples);
  const migrations = Object.values(proof.ended).reduce((sum, times) => sum + times, 0);
  const state = await sizeOf(stateDir);
  wrong.push(...proof.wrong, ...flatness.filter(({ isFlat }) => !isFlat).map(({ sentence }) => sentence), ...idle);
  return {
    ...{ samples, flatness, proof, tally, loadSeconds, wrong },
    pictures: pairs.reduce((sum, { album }) => sum + album.taken.size, 0),
    stateBytesPerMigration: Math.round(state.bytes / migrations),
    stateFilesPerMigration: Math.round((state.files / migrations) * 10) / 10,
  };
};

const lastSyncs = async (pair: SoakPair, host: SoakedHost): Promise<string[]> => {
  const wrong: string[] = [];
  for (const [[from], [to]] of directionsOf(pair)) {
    const { id, status, cause, message, remaining } = await syncOnce(host, from, to);
    if (status !== 'done' || remaining.count !== 0)
      wrong.push(
        `The last sync from ${from} to ${to} (${id}): ${status} ${cause ?? ''} ${message ?? ''}, ${remaining.count} remain.`,
      );
  }
  return wrong;
};

/** Spells in which some writes to the state folder fail, and calm between. */
const fillDisk = async (host: SoakedHost, random: ReturnType<typeof seeded>, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await sleep(random.between(4_000, 12_000));
    if (signal.aborted) break;
    host.disk(random.pick([0.02, 0.1, 0.5]));
    await sleep(random.between(300, 2_000));
    host.disk(0);
  }
};

const watch = async (pairs: readonly SoakPair[], services: Running['services'], signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    for (const pair of pairs) await pair.watch.look();
    // Bodies of all requests since the beginning.
    for (const { seen } of services) seen.length = 0;
    await sleep(1_000);
  }
};

const measure = async (
  { host, pairs, stateDir, onSample }: Running,
  samples: Sample[],
  rest: Rest,
  beganAt: number,
  signal: AbortSignal,
): Promise<void> => {
  let state = await sizeOf(stateDir);
  let sizedAt = Date.now();
  const sample = async (atRest: boolean): Promise<void> => {
    const measured = await host.measure();
    if (Date.now() - sizedAt > SIZE_EVERY_MS) {
      state = await sizeOf(stateDir);
      sizedAt = Date.now();
    }
    const sides = pairs.flatMap((pair) => pair.sides.map(([, side]) => side));
    const leftovers = await Promise.all(sides.map(async (side) => (side.bucket ? 0 : (await side.leftovers()).length)));
    const one: Sample = {
      ...measured,
      atRest,
      seconds: (Date.now() - beganAt) / 1_000,
      migrations: state.migrations,
      pictures: pairs.reduce((sum, { album }) => sum + album.taken.size, 0),
      stateBytes: state.bytes,
      temporaries: state.temporaries + leftovers.reduce((sum, leftover) => sum + leftover, 0),
      openUploads: sides.reduce((sum, { bucket }) => sum + (bucket?.uploads.size ?? 0), 0),
    };
    samples.push(one);
    onSample?.(one);
  };
  for (let restedAt = Date.now(); !signal.aborted; ) {
    await sample(false);
    await sleep(SAMPLE_EVERY_MS);
    if (Date.now() - restedAt < REST_EVERY_MS) continue;
    rest.asked = true;
    for (const from = Date.now(); !(await isQuiet(host, rest)) && Date.now() - from < REST_AT_MOST_MS; )
      await sleep(100);
    // Connections that were let go of are closed by now.
    for (let look = 0; look < 3; look++) {
      await sleep(400);
      await sample(await isQuiet(host, rest));
    }
    rest.asked = false;
    restedAt = Date.now();
  }
};
