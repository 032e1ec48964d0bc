// `picferry serve` as a process of its own, and requests to it as any client would send them.

import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationDetail } from '../../lib/api/resources.ts';
import type { Cleanup } from './cleanup.ts';
import { type Ran, startPicferry } from './picferry.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Asking {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServeProcess {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly ended: Promise<Ran>;
  signal(signal: NodeJS.Signals): void;
  /** With the token, unless `headers` say otherwise. */
  ask(method: string, path: string, asking?: Asking): Promise<Answered>;
  /** Starts a migration and tells its id. */
  start(body: unknown): Promise<string>;
  migration(id: string): Promise<MigrationDetail>;
  /** Waits until it is as wanted; fails where it ends otherwise. */
  until(id: string, there: (detail: MigrationDetail) => boolean): Promise<MigrationDetail>;
}

/** On a free port; killed after the test. */
export const startServe = async (
  t: Cleanup,
  stateDir: string,
  flags: readonly string[] = [],
  cwd?: string,
): Promise<ServeProcess> => {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const running = startPicferry(['serve', '--port', '0', '--state-dir', stateDir, ...flags], cwd ? { cwd } : {});
  t.after(async () => {
    running.process.kill('SIGKILL');
    await running.ended;
  });
  const { url, token, pid } = await whereItIs(stateDir, running.process.pid as number, running.ended);

  const ask = (method: string, path: string, asking: Asking = {}): Promise<Answered> =>
    send(method, new URL(path, url), { authorization: `Bearer ${token}`, ...asking.headers }, asking.body);
  const migration = async (id: string): Promise<MigrationDetail> => {
    const { status, body } = await ask('GET', `/migrations/${id}`);
    if (status !== 200) throw new Error(`GET /migrations/${id}: ${status} ${body}`);
    return JSON.parse(body) as MigrationDetail;
  };
  return {
    ...{ url, token, pid, ended: running.ended, ask, migration },
    signal: (signal) => void running.process.kill(signal),
    start: async (body) => {
      const answered = await ask('POST', '/migrations', { body });
      if (answered.status !== 202) throw new Error(`POST /migrations: ${answered.status} ${answered.body}`);
      return (JSON.parse(answered.body) as { id: string }).id;
    },
    until: async (id, there) => {
      for (;;) {
        const detail = await migration(id);
        if (there(detail)) return detail;
        if (detail.endedAt !== undefined) throw new Error(`It ended otherwise: ${JSON.stringify(detail)}`);
        await sleep(20);
      }
    },
  };
};

/** As a client finds it: serve.json, once this very process has written it. */
const whereItIs = async (stateDir: string, pid: number, ended: Promise<Ran>) => {
  let over: Ran | undefined;
  ended.then((ran) => {
    over = ran;
  });
  while (!over) {
    const text = await readFile(join(stateDir, 'serve.json'), 'utf8').catch(() => undefined);
    const found = text && (JSON.parse(text) as { url: string; token: string; pid: number });
    if (found && found.pid === pid) return found;
    await sleep(20);
  }
  throw new Error(`It does not serve (exit ${over.code}): ${over.stderr}`);
};

/** node:http sends any Host and any path as it stands; fetch does not. */
export const send = (
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const { hostname, port, pathname, search } = url;
    const asked = request(
      { method, hostname, port, path: `${pathname}${search}`, headers: { ...type, ...headers } },
      (response) => {
        let received = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(text);
  });
