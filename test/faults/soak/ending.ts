// How a soak ends: both sides hold the union, every migration ever started has ended truthfully, and nothing is left behind.
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedHost, openEmbedded } from '../../../lib/embedded/host.ts';
import { settleDead } from '../../../lib/embedded/settle-dead.ts';
import { addressOf } from '../../../lib/stores/spec.ts';
import { holdsLock } from '../../../lib/workflow/lock.ts';
import { reportPath } from '../../../lib/workflow/paths.ts';
import { allMigrations, hasEnded, type MigrationRecord } from '../../../lib/workflow/record.ts';
import { reportOf } from '../../../lib/workflow/report-of.ts';
import { settleIfDead } from '../../../lib/workflow/settle.ts';
import { namedBy } from '../named.ts';
import { proveSums } from '../proof.ts';
import type { Driving } from './driving.ts';
import type { SoakedHost } from './host.ts';
import type { SoakPair } from './pairs.ts';

export interface Proof {
  /** What is wrong; none: everything is proved. */
  readonly wrong: readonly string[];
  /** Migrations by how they ended. */
  readonly ended: Readonly<Record<string, number>>;
}

export const proveUnion = async ({ name, sides, album, watch }: SoakPair): Promise<string[]> => {
  const wrong: string[] = [];
  await watch.look().catch((error: Error) => wrong.push(`${name}: ${error.message}`));
  for (const [side, at] of sides) {
    const there = await at.content();
    const missing = [...album.taken.keys()].filter((key) => !there.has(key));
    const strange = [...there.keys()].filter((key) => !album.taken.has(key));
    // No `--min-age` covers a camera that stood still for longer: its picture may have been taken as it stood.
    const unlike = [...album.taken]
      .filter(([key, body]) => there.get(key)?.equals(body) === false && !album.stalled.has(key))
      .map(([key]) => key);
    const leftovers = await at.leftovers();
    for (const [what, keys] of Object.entries({ missing, strange, unlike, leftovers })) {
      if (keys.length > 0) wrong.push(`${side}: ${keys.length} ${what}: ${keys.slice(0, 5).join(', ')}`);
    }
  }
  return wrong;
};

/** Descriptors of a `serve` that has nothing to do: standard streams, the channel to the soak, SQLite, the server, event loop. */
const IDLE_FILES = 40;

export const idleAfter = async (host: SoakedHost): Promise<string[]> => {
  for (let waitedMs = 0; ; waitedMs += 500) {
    const { files, sockets } = await host.measure();
    if (sockets <= 6 && files <= IDLE_FILES) return [];
    if (waitedMs >= 8_000) return [`${files} files (${sockets} sockets) are open with nothing to do.`];
    await sleep(500);
  }
};

/** With the soaked process gone: what it, and every killed one, has written down. */
export const proveMigrations = async (stateDir: string, notArrived: Driving['notArrived']): Promise<Proof> => {
  const host = await openEmbedded({ stateDir });
  const wrong: string[] = [];
  const ended: Record<string, number> = {};
  try {
    await settleDead(host, new AbortController().signal);
    for await (const found of allMigrations(host.records)) {
      // As whoever looks at it: one whose end a killed process had begun to write is completed then.
      const record = await settleIfDead(found, host);
      const how = record.cause === undefined ? record.status : `${record.status} (${record.cause})`;
      ended[how] = (ended[how] ?? 0) + 1;
      const flaws = [
        ...(await flawsOf(record, host)),
        ...(await notNamedBy(record, notArrived.get(record.id) ?? [], host)),
      ];
      const { source, destination } = record.request;
      const way = `${addressOf(source)} to ${addressOf(destination)}`;
      wrong.push(...flaws.map((flaw) => `${record.id} (${way}, ${how}): ${flaw}`));
    }
  } finally {
    await host.close();
  }
  return { wrong: [...wrong, ...(await strangeFiles(stateDir))], ended };
};

const flawsOf = async (record: MigrationRecord, host: EmbeddedHost): Promise<string[]> => {
  const flaws: string[] = [];
  const { id, status, pair, cause, message } = record;
  if (!hasEnded(status)) return [`it says ${status} for ever`];
  if (status === 'failed' && (cause === undefined || message === undefined))
    flaws.push('it does not say why it failed');
  if (await holdsLock(host, pair, id)) flaws.push('it still holds its pair');
  try {
    proveSums(record);
  } catch (error) {
    flaws.push((error as Error).message);
  }
  const report = await host.files.read(reportPath(id));
  if (report === undefined) flaws.push('it has no report');
  else if (String(report) !== `${JSON.stringify(reportOf(record))}\n`) flaws.push('its report is not the last one');
  return flaws;
};

/** Nothing is claimed where no comparison was completed. */
const notNamedBy = async (record: MigrationRecord, keys: readonly string[], host: EmbeddedHost): Promise<string[]> => {
  if (keys.length === 0 || reportOf(record).findings === undefined) return [];
  const named = await namedBy(record, host);
  const lost = keys.filter((key) => !named.has(key));
  return lost.length === 0 ? [] : [`${lost.length} were neither on the destination nor named, such as ${lost[0]}`];
};

const KNOWN = /^(records\.sqlite(-shm|-wal)?|reports|links\.key|serve\.lock|serve-place\.json)$/;

const strangeFiles = async (stateDir: string): Promise<string[]> => {
  const strange = (await readdir(stateDir))
    .filter((name) => !KNOWN.test(name))
    .map((name) => `${name} stays in the state folder`);
  const temporaries = (await readdir(stateDir, { recursive: true })).filter((name) => name.endsWith('.tmp'));
  return [...strange, ...temporaries.slice(0, 5).map((name) => `${name} stays in the state folder`)];
};

/** Of a state folder: everything below it. */
export const sizeOf = async (stateDir: string) => {
  const all = { bytes: 0, files: 0, temporaries: 0, migrations: 0 };
  const reports = join(stateDir, 'reports', 'migrations');
  // Files come and go meanwhile.
  let found: Dirent[] | undefined;
  for (let look = 1; found === undefined && look <= 50; look++) {
    found = await readdir(stateDir, { recursive: true, withFileTypes: true }).catch(() => undefined);
  }
  for (const one of found ?? []) {
    if (one.parentPath === reports && one.isDirectory()) all.migrations += 1;
    if (!one.isFile()) continue;
    all.files += 1;
    if (one.name.endsWith('.tmp')) all.temporaries += 1;
    all.bytes += await lstat(join(one.parentPath, one.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return all;
};
