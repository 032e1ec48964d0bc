// Starts the made-up server beside a benchmark, and asks it what it was asked for.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Figures } from '../synthetic/server.ts';
import type { FromServer, ServerOptions } from '../synthetic/server-process.ts';

export interface Synthetic extends AsyncDisposable {
  readonly url: string;
  figures(): Promise<Figures>;
}

export const openSynthetic = async (options: ServerOptions): Promise<Synthetic> => {
  const child = fork(join(import.meta.dirname, '../synthetic/server-process.ts'), [JSON.stringify(options)]);
  const heard = async <Message extends FromServer>(): Promise<Message> => {
    const gone = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended: ${code}`)));
    gone.catch(() => {});
    return ((await Promise.race([once(child, 'message'), gone])) as [Message])[0];
  };
  const { url } = await heard<Extract<FromServer, { url: string }>>();
  return {
    url,
    figures: async () => {
      const answer = heard<Extract<FromServer, { figures: Figures }>>();
      child.send('figures');
      return (await answer).figures;
    },
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
};

/** It asks for a signature and looks at none. */
export const SYNTHETIC_ENV = {
  AWS_ACCESS_KEY_ID: 'synthetic',
  AWS_SECRET_ACCESS_KEY: 'synthetic',
  AWS_REGION: 'us-east-1',
};
