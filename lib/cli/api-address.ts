// Which API is meant: --api, else PICFERRY_API; and that nothing secret is ever sent to it in the clear.
import { UsageError } from '../stores/usage-error.ts';
import type { ServiceFlags } from './flags.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface ApiAddress {
  readonly url: URL;
  /** What named it, for messages. */
  readonly from: '--api' | 'PICFERRY_API';
}

/** undefined: this machine. A state folder that was asked for by a flag goes before a variable somebody once set. */
export const apiAddressOf = ({ api, stateDir }: ServiceFlags, env: Env): ApiAddress | undefined => {
  if (api !== undefined) return { url: checked(api, '--api'), from: '--api' };
  if (stateDir !== undefined || !env.PICFERRY_API) return undefined;
  return { url: checked(env.PICFERRY_API, 'PICFERRY_API'), from: 'PICFERRY_API' };
};

/** Without `/` at its end, so that paths can be put behind it. */
const checked = (text: string, from: ApiAddress['from']): URL => {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      `${from} ${text}: expected the URL that the deployment or "picferry serve" names, such as https://abc123.execute-api.eu-central-1.amazonaws.com`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`${from} holds a password: put serve's token into PICFERRY_TOKEN, or use an AWS profile`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UsageError(
      `${from} ${text}: over plain http anybody on the way could read your credentials; use https, or a tunnel to 127.0.0.1`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
};

/** URL has written IPv4 addresses out in full by now, `127.1` too. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
