// Commands of a user in a folder whose picferry.json names stores, with a real `picferry serve` for them.

import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { picferry, type Ran, type Running, type RunOptions, startPicferry } from './picferry.ts';
import { scratchFolder } from './scratch.ts';
import { startServe } from './serve-process.ts';

export interface Served {
  /** Holds picferry.json, which names stores after the folders `old` and `new` beside it. */
  readonly folder: string;
  readonly stateDir: string;
  readonly url: string;
  readonly token: string;
  /** Runs a command in the folder. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  start(args: readonly string[], options?: RunOptions): Running;
  /** Flags that ask the server. */
  readonly there: readonly string[];
  /** Flags that read the state folder itself. */
  readonly here: readonly string[];
}

/** Files long ago, so that nothing is `settling`; a path ending in `/` is an empty folder. */
export const plantOld = async (root: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(path.endsWith('/') ? file : dirname(file), { recursive: true });
    if (path.endsWith('/')) continue;
    await writeFile(file, content);
    await utimes(file, 1_700_000_000, 1_700_000_000);
  }
};

/** A folder with picferry.json; nothing serves it yet. */
export const givenNamedStores = async (t: Cleanup, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await scratchFolder(t);
  const stores = { old: { folder: './old' }, new: { folder: './new' } };
  await plantOld(folder, { 'old/': '', 'new/': '', 'picferry.json': JSON.stringify({ stores }), ...files });
  return folder;
};

export const givenServe = async (t: Cleanup, files: Readonly<Record<string, string>>): Promise<Served> => {
  const folder = await givenNamedStores(t, files);
  const stateDir = join(folder, 'state');
  const { url, token } = await startServe(t, stateDir, [], folder);
  return {
    ...{ folder, stateDir, url, token },
    start: (args, options = {}) => startPicferry(args, { cwd: folder, ...options }),
    run: (args, options = {}) => picferry(args, { cwd: folder, ...options }),
    there: ['--api', url, '--state-dir', stateDir],
    here: ['--state-dir', stateDir],
  };
};
