// What an API is shown: serve's token, PICFERRY_TOKEN, or requests signed with the user's AWS keys.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../stores/usage-error.ts';
import { isLoopback } from './api-address.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What `picferry serve` leaves in its state folder, for its user only. */
export interface ServeJson {
  readonly url: string;
  readonly token: string;
}

export type Choice =
  /** `url`: to be asked instead of the one that was named. */
  | { readonly kind: 'token'; readonly token: string; readonly from: string; readonly url: URL }
  | { readonly kind: 'signature'; readonly region: string | undefined; readonly url: URL };

/** API Gateway's own names carry the region; `vpce` ones too. */
const AWS_API = /\.execute-api\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.(?:com(?:\.cn)?|eu)$/;

/** Pure. A token is for `serve`, which listens on this machine alone: anybody else is shown signatures. */
export const chooseCredentials = (
  url: URL,
  serve: (ServeJson & { readonly path: string }) | undefined,
  env: Env,
): Choice => {
  const [, region] = AWS_API.exec(url.hostname) ?? [];
  if (region !== undefined) return { kind: 'signature', region, url };
  const served = serve && sameServer(url, serve.url);
  if (serve && served) return { kind: 'token', token: serve.token, from: serve.path, url: served };
  if (env.PICFERRY_TOKEN && isLoopback(url.hostname))
    return { kind: 'token', token: env.PICFERRY_TOKEN, from: 'PICFERRY_TOKEN', url };
  return { kind: 'signature', region: undefined, url };
};

/** `localhost` may also be another address of this machine with somebody else behind it: the token goes where it is from. */
const sameServer = (asked: URL, text: string): URL | undefined => {
  const served = URL.parse(text);
  if (!served || asked.protocol !== served.protocol || asked.port !== served.port) return undefined;
  const path = (url: URL) => url.pathname.replace(/\/+$/, '');
  if (path(asked) !== path(served)) return undefined;
  if (!isLoopback(asked.hostname) || !isLoopback(served.hostname)) return undefined;
  served.pathname = path(served);
  return served;
};

/** undefined where no serve runs on that state folder, as far as it can be told: another program may have its port by now. */
export const readServeJson = async (stateDir: string): Promise<(ServeJson & { readonly path: string }) | undefined> => {
  const path = join(stateDir, 'serve.json');
  try {
    const { url, token, pid } = JSON.parse(await readFile(path, 'utf8')) as Partial<Record<string, unknown>>;
    return typeof url === 'string' && typeof token === 'string' && runs(pid) ? { url, token, path } : undefined;
  } catch {
    return undefined;
  }
};

const runs = (pid: unknown): boolean => {
  try {
    return typeof pid === 'number' && pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

export interface Signable {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What requests are sent with. */
export interface Credentials {
  readonly url: URL;
  /** The headers to send. */
  authorize(request: Signable): Promise<Record<string, string>>;
  /** Which credentials these are, for messages; no secret. */
  describe(): string;
  /** What to do where they are refused. */
  readonly wayOut: string;
}

export const credentialsFor = async (
  asked: URL,
  { stateDir, env }: { readonly stateDir: string; readonly env: Env },
): Promise<Credentials> => {
  const choice = chooseCredentials(asked, await readServeJson(stateDir), env);
  if (choice.kind === 'signature') {
    const { signingCredentials } = await import('./api-signature.ts');
    return signingCredentials(choice.url, choice.region, env);
  }
  const { token, from, url } = choice;
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError(`the token in ${from} holds characters that no token has`);
  return {
    url,
    authorize: async ({ headers }) => ({ ...headers, authorization: `Bearer ${token}` }),
    describe: () => `the token in ${from}`,
    wayOut:
      'give the token that "picferry serve" keeps in serve.json of its state folder, by --state-dir or PICFERRY_TOKEN',
  };
};
