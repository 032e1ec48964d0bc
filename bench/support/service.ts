// The S3-compatible server that Picferry and its peers are measured on: MinIO or versitygw, or a small one in memory for a smoke run.
import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Running } from '../bench.ts';
import { type Server, serverPath } from './tools.ts';

export interface Service extends AsyncDisposable {
  readonly url: string;
  /** Whoever is measured has its keys. */
  readonly env: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
  /** Puts into an empty bucket what lies in another one, as it lies on its disk; absent where there is none. */
  duplicate?(of: string, to: string): Promise<void>;
  /** What it has used so far, seconds of CPU; undefined where nobody can tell. */
  cpu(): Promise<number | undefined>;
}

const KEYS = {
  AWS_ACCESS_KEY_ID: 'picferry-bench',
  AWS_SECRET_ACCESS_KEY: 'picferry-bench-secret',
  AWS_REGION: 'us-east-1',
};

export const openService = (running: Running, server: Server = 'minio'): Promise<Service> =>
  running.isSmoke ? inMemory() : built(server, running);

interface Start {
  readonly argv: (data: string, address: string) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once the server does. */
  readonly ready: string;
}

/** Both keep buckets as folders of their data. */
const STARTS: Readonly<Record<Server, Start>> = {
  minio: {
    argv: (data, address) => ['server', data, '--address', address, '--quiet'],
    env: { MINIO_ROOT_USER: KEYS.AWS_ACCESS_KEY_ID, MINIO_ROOT_PASSWORD: KEYS.AWS_SECRET_ACCESS_KEY },
    ready: '/minio/health/ready',
  },
  versitygw: {
    argv: (data, address) => ['--port', address, '--health', '/health', '--quiet', 'posix', data],
    env: { ROOT_ACCESS_KEY: KEYS.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: KEYS.AWS_SECRET_ACCESS_KEY },
    ready: '/health',
  },
};

const run = promisify(execFile);
let servers = 0;

const built = async (server: Server, { scratch, cache, say }: Running): Promise<Service> => {
  const binary = await serverPath(server, { cache, say });
  const data = join(scratch, `${server}-${servers++}`);
  const address = `127.0.0.1:${await freePort()}`;
  const { argv, env, ready } = STARTS[server];
  await mkdir(data);
  const child = spawn(binary, argv(data, address), { env: { ...process.env, ...env }, stdio: 'ignore' });
  const url = `http://${address}`;
  for (let waited = 0; !(await isReady(url + ready)); waited += 100) {
    if (child.exitCode !== null || waited > 30_000) throw new Error(`${server} did not start (exit ${child.exitCode})`);
    await sleep(100);
  }
  return {
    ...{ url, env: KEYS, makeBucket: async (name) => void (await mkdir(join(data, name))) },
    duplicate: async (of, to) => void (await run('cp', ['-r', `${join(data, of)}/.`, join(data, to)])),
    cpu: () => cpuOf(child.pid),
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit');
      child.kill();
      await exit;
    },
  };
};

const inMemory = async (): Promise<Service> => {
  const child = fork(join(import.meta.dirname, 'memory-service.ts'));
  const [{ url, env }] = (await once(child, 'message')) as [Pick<Service, 'url' | 'env'>];
  return {
    ...{ url, env, cpu: () => cpuOf(child.pid) },
    makeBucket: async (name) => {
      const made = once(child, 'message');
      child.send(name);
      await made;
    },
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
};

/** Linux's ticks are hundredths of a second; fields 14 and 15 of what it tells, behind a name in brackets. */
const cpuOf = async (pid: number | undefined): Promise<number | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / 100;
};

const isReady = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};
