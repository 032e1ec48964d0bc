// The soaked process as the soak sees it: requests, measurements, a disk that fills up, an end.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { MigrationDetail } from '../../../lib/api/resources.ts';
import { KEYS } from '../../support/scripted-s3.ts';
import { type Answered, send } from '../../support/serve-process.ts';

export interface Measured {
  readonly rssBytes: number;
  /** After garbage collection. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** What V8 keeps for new objects, filled or not: grows in steps with the load, up to a size that V8 sets itself. */
  readonly youngBytes: number;
  /** Open file descriptors, sockets among them. */
  readonly files: number;
  readonly sockets: number;
  readonly timers: number;
  /** Whatever keeps the event loop busy, timers among them. */
  readonly resources: number;
  /** Writes that met a full disk so far. */
  readonly refusals: number;
}

export type ToHost =
  | { readonly kind: 'measure' | 'stop' }
  | { readonly kind: 'disk' /** Of writes that fail. */; readonly share: number };
export type FromHost =
  | { readonly kind: 'serving'; readonly url: string; readonly token: string }
  | { readonly kind: 'measured'; readonly measured: Measured };

export interface SoakedHost {
  ask(method: string, path: string, body?: unknown): Promise<Answered>;
  migration(id: string): Promise<MigrationDetail>;
  measure(): Promise<Measured>;
  disk(share: number): void;
  /** In good order; resolves with its exit code. */
  stop(): Promise<number | null>;
  kill(): void;
}

/** Credentials for the services in memory, and nothing else of whoever runs this. */
export const ENV: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

export const startHost = async (root: string, stateDir: string, seed: number): Promise<SoakedHost> => {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  // A test runner's own channel must not be taken for this one.
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = inherited;
  const child = fork(join(import.meta.dirname, 'host-process.ts'), [stateDir, String(seed)], {
    ...{ cwd: root, execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    env: { ...env, ...ENV } as NodeJS.ProcessEnv,
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const serving = await next(child, 'serving', ended, () => stderr);
  const ask = (method: string, path: string, body?: unknown): Promise<Answered> =>
    send(method, new URL(path, serving.url), { authorization: `Bearer ${serving.token}` }, body);
  const tell = (message: ToHost): void => void child.send(message);
  return {
    ask,
    migration: async (id) => {
      const { status, body } = await ask('GET', `/migrations/${id}`);
      if (status !== 200) throw new Error(`GET /migrations/${id}: ${status} ${body}`);
      return JSON.parse(body) as MigrationDetail;
    },
    measure: async () => {
      const answer = next(child, 'measured', ended, () => stderr);
      tell({ kind: 'measure' });
      return (await answer).measured;
    },
    disk: (share) => tell({ kind: 'disk', share }),
    stop: () => {
      tell({ kind: 'stop' });
      return ended;
    },
    kill: () => void child.kill('SIGKILL'),
  };
};

const next = <Kind extends FromHost['kind']>(
  child: ChildProcess,
  kind: Kind,
  ended: Promise<number | null>,
  stderr: () => string,
): Promise<Extract<FromHost, { readonly kind: Kind }>> =>
  new Promise((resolve, reject) => {
    const hear = (message: FromHost): void => {
      if (message.kind !== kind) return;
      child.off('message', hear);
      resolve(message as Extract<FromHost, { readonly kind: Kind }>);
    };
    child.on('message', hear);
    ended.then((code) => reject(new Error(`The soaked process ended by itself (exit ${code}): ${stderr()}`)));
  });
