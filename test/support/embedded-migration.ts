// Given folders and a request, when a migration runs embedded, then its record and report: for tests of whole migrations.

import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type EmbeddedHost, type EmbeddedOptions, openEmbedded } from '../../lib/embedded/host.ts';
import type { Report } from '../../lib/report/report.ts';
import { readMigration } from '../../lib/workflow/record.ts';
import { reportOf } from '../../lib/workflow/report-of.ts';
import type { From, MigrationRequest, Options } from '../../lib/workflow/request.ts';
import { settle } from '../../lib/workflow/settle.ts';
import { type StartResult, startFrom, startMigration } from '../../lib/workflow/start.ts';
import type { Cleanup } from './cleanup.ts';
import { DEFAULT_OPTIONS } from './default-options.ts';

export interface Folders {
  readonly root: string;
  readonly source: string;
  readonly destination: string;
  readonly stateDir: string;
  /** What must be closed before the folders go. */
  readonly closing: (() => Promise<void>)[];
}

export const givenFolders = async (context: Cleanup): Promise<Folders> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'picferry-test-')));
  const closing: (() => Promise<void>)[] = [];
  context.after(async () => {
    for (const close of closing) await close();
    await rm(root, { recursive: true, force: true });
  });
  const folders = { root, source: join(root, 'old'), destination: join(root, 'new'), stateDir: join(root, 'state') };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return { ...folders, closing };
};

/** Long ago, so that nothing is `settling`. */
const OLD = new Date('2020-01-01T00:00:00Z');

export const givenPictures = async (folder: string, pictures: Readonly<Record<string, string>>): Promise<void> => {
  for (const [key, content] of Object.entries(pictures)) {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, OLD, OLD);
  }
};

/** `cam<n>/pictures/20260101/…jpg`, each with a content of its own. */
export const pictures = (count: number, camera = 'cam1'): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const at = new Date(Date.UTC(2026, 0, 1) + i * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);
      return [`${camera}/pictures/${at.slice(0, 8)}/${at}.jpg`, `${camera} at ${at}`];
    }),
  );

/** Every file below a folder with its content. */
export const contentOf = async (folder: string): Promise<Record<string, string>> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const read = files.sort().map(async (file) => [relative(folder, file), await readFile(file, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(read));
};

export const request = (
  folders: Folders,
  mode: 'check' | 'sync',
  options: Partial<Options> = {},
): MigrationRequest => ({
  mode,
  source: { type: 'folder', path: folders.source },
  destination: { type: 'folder', path: folders.destination },
  options: { ...DEFAULT_OPTIONS, ...options },
});

export interface Ended {
  readonly id: string;
  readonly report: Report;
  readonly host: EmbeddedHost;
}

/** Opens a host that is closed after the test; AWS's limits are checked at every state boundary. */
export const givenHost = async (folders: Folders, options: EmbeddedOptions = {}): Promise<EmbeddedHost> => {
  const host = await openEmbedded({
    stateDir: folders.stateDir,
    checkLimits: true,
    numbers: { RetrySeconds: 0 },
    ...options,
  });
  folders.closing.push(() => host.close());
  return host;
};

export const whenItEnds = async (started: StartResult, host: EmbeddedHost): Promise<Ended> => {
  if (started.kind !== 'started') throw new Error(`not started: ${JSON.stringify(started)}`);
  await host.executions.finished(started.id);
  await settle(started.id, host);
  const record = await readMigration(host.records, started.id);
  if (!record) throw new Error(`no record of ${started.id}`);
  return { id: started.id, report: reportOf(record), host };
};

export const run = async (host: EmbeddedHost, what: MigrationRequest | From): Promise<Ended> =>
  whenItEnds(
    await ('from' in what && typeof what.from === 'string'
      ? startFrom(what as From, host)
      : startMigration(what as MigrationRequest, host)),
    host,
  );

export const counts = (amounts: Readonly<Record<string, { readonly count: number }>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(amounts)
      .filter(([, { count }]) => count > 0)
      .map(([name, { count }]) => [name, count]),
  );

/** Lets every user in, so that a test can go on as an ordinary one (see asOrdinaryUser) and lock single folders. */
export const openFoldersToAll = async ({ root }: Folders): Promise<void> => {
  const everything = await readdir(root, { recursive: true, withFileTypes: true });
  for (const path of [root, ...everything.map((one) => join(one.parentPath, one.name))]) await chmod(path, 0o777);
};
