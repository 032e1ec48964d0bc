// A private AWS on this machine for one test file: ministack on a free port, with nothing of the user's AWS settings.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { prepareEmulator } from './emulator-environment.ts';

export { prepareEmulator } from './emulator-environment.ts';

export interface Emulator {
  readonly endpointUrl: string;
  /** All a client, a CLI or CDK needs to talk to the emulator and to nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** What the emulator and the Lambdas in it wrote. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Enforces the role policies of whoever calls (keys `test` may do everything). */
  readonly auth?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const BIN = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));
const WATCH = fileURLToPath(new URL('./emulator-watch.py', import.meta.url));

export const startEmulator = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const python = await prepareEmulator();
  const folder = await mkdtemp(join(tmpdir(), 'picferry-emulator-'));
  // Somebody else may take the free port before the emulator does: then it ends at once, and another one is tried.
  for (let attempt = 1; ; attempt++) {
    const started = await startOn(await freePort(), python, folder, options);
    if (started) return started;
    if (attempt === 3) throw new Error(`The emulator did not start:\n${await tail(folder)}`);
  }
};

const startOn = async (
  port: number,
  python: string,
  folder: string,
  options: EmulatorOptions,
): Promise<Emulator | undefined> => {
  const logFile = openSync(join(folder, 'emulator.log'), 'a');
  const child = spawn(python, [WATCH, folder], {
    cwd: folder,
    env: { ...(await serverEnv(port, folder, options)), ...options.env },
    // A group of its own, so that the Lambdas (its children) end with it; the pipe tells it when this process is gone.
    detached: true,
    stdio: ['pipe', logFile, logFile],
  });
  closeSync(logFile);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const endNow = (): void => {
    killGroup(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', endNow);
  const endpointUrl = `http://127.0.0.1:${port}`;
  if (!(await healthy(endpointUrl, child))) {
    process.off('exit', endNow);
    killGroup(child);
    await ended;
    return undefined;
  }
  return {
    endpointUrl,
    env: clientEnv(endpointUrl, folder),
    log: () => readFile(join(folder, 'emulator.log'), 'utf8'),
    stop: async () => {
      process.off('exit', endNow);
      endNow();
      await ended;
      endNow();
    },
  };
};

const clientEnv = (endpointUrl: string, folder: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: join(folder, 'no-config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** Nothing is inherited but the PATH (Node 24 first: Lambdas run on it), so no AWS_* or NODE_* variable gets in. */
const serverEnv = async (port: number, folder: string, options: EmulatorOptions): Promise<Record<string, string>> => {
  const folders = { S3_DATA_DIR: join(folder, 's3'), STATE_DIR: join(folder, 'state'), TMPDIR: join(folder, 'tmp') };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true });
  return {
    PATH: [BIN, process.env.PATH].join(delimiter),
    HOME: folder,
    LANG: 'C.UTF-8',
    ...folders,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    // In names such as ID.execute-api.localhost: with an address after the dot they would be no URL.
    MINISTACK_HOST: 'localhost',
    LOG_LEVEL: 'WARNING',
    ...(options.auth ? { AUTH: 'true' } : {}),
  };
};

const healthy = async (endpointUrl: string, child: ChildProcess): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < 60_000 && child.exitCode === null && child.pid !== undefined; waitedMs += 50) {
    const answer = await fetch(`${endpointUrl}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return true;
    await sleep(50);
  }
  return false;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};

const tail = async (folder: string): Promise<string> =>
  (await readFile(join(folder, 'emulator.log'), 'utf8')).split('\n').slice(-30).join('\n');
