// The S3-compatible server that Picferry and its peers are measured on: MinIO, or a small one in memory for a smoke run.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../bench.ts';
import { serverPath } from './tools.ts';

export interface Service extends AsyncDisposable {
  readonly url: string;
  /** Whoever is measured has its keys. */
  readonly env: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
}

const KEYS = {
  AWS_ACCESS_KEY_ID: 'picferry-bench',
  AWS_SECRET_ACCESS_KEY: 'picferry-bench-secret',
  AWS_REGION: 'us-east-1',
};

export const openService = (running: Running): Promise<Service> => (running.isSmoke ? inMemory() : minio(running));

const minio = async ({ scratch, cache, say }: Running): Promise<Service> => {
  const binary = await serverPath('minio', { cache, say });
  const data = join(scratch, 'minio');
  const port = await freePort();
  // MinIO's buckets are the folders of its data.
  await mkdir(data);
  const child = spawn(binary, ['server', data, '--address', `127.0.0.1:${port}`, '--quiet'], {
    env: { ...process.env, MINIO_ROOT_USER: KEYS.AWS_ACCESS_KEY_ID, MINIO_ROOT_PASSWORD: KEYS.AWS_SECRET_ACCESS_KEY },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; !(await isReady(`${url}/minio/health/ready`)); waited += 100) {
    if (child.exitCode !== null || waited > 30_000) throw new Error(`MinIO did not start (exit ${child.exitCode})`);
    await sleep(100);
  }
  return {
    ...{ url, env: KEYS, makeBucket: async (name) => void (await mkdir(join(data, name))) },
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
    ...{ url, env },
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
