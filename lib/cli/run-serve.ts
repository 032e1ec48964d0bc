// Runs `serve`: says where it listens, logs what happens, and stops in good order when asked to.
import { type Serving, serve } from '../embedded/serve.ts';
import { ServeRunning } from '../embedded/serve-place.ts';
import { stateDirOf } from '../embedded/state-dir.ts';
import { printable } from '../report/printable.ts';
import { EXIT } from './exit.ts';
import { quoted } from './quoted.ts';
import type { ServeFlags } from './serve.ts';
import { flagText } from './service.ts';
import { VERSION } from './version.ts';

export const runServe = async (flags: ServeFlags): Promise<number> => {
  const stopping = listenForStops();
  let serving: Serving;
  try {
    serving = await serve({
      ...{ cwd: process.cwd(), env: process.env, stateDir: stateDirOf(flags.stateDir), version: VERSION, log },
      ...{ host: hostOf(flags), port: flags.port, allow: flags.allow ?? [], linkSeconds: flags.linkSeconds },
      ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
    });
  } catch (error) {
    if (!(error instanceof ServeRunning)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return EXIT.broken;
  }
  process.stdout.write(greeting(serving, flags, process.stdout.isTTY));
  log('serving', { url: serving.url, pid: process.pid, stores: serving.stores });
  const signal = await stopping;
  log('stopping', { signal });
  await serving.stop();
  log('stopped');
  return EXIT.fine;
};

const hostOf = ({ host }: ServeFlags): '127.0.0.1' | '::1' =>
  host === '::1' || host === '[::1]' ? '::1' : '127.0.0.1';

/** Resolves at the first signal; at the second one the process leaves at once, and the next start settles what it left. */
const listenForStops = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(EXIT.interrupted);
        asked = true;
        resolve(signal);
      });
    }
  });

/** One JSON object a line: for people who look, and for whatever collects logs. Names and figures, never secrets. */
const log = (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), message, ...fields })}\n`);
};

/** The token is for eyes only: not for a log that takes stdout, nor for a command line, which every user of the machine can list. */
export const greeting = (
  { url, token, serveJson, stores }: Omit<Serving, 'stop'>,
  { stateDir }: Pick<ServeFlags, 'stateDir'>,
  seen: boolean,
): string => {
  const [source = 'SOURCE', destination = 'DESTINATION'] = stores;
  const sync = `picferry sync ${quoted(source)} ${quoted(destination)}`;
  const lines = [
    ['Serving', url],
    ['Token', seen ? token : `in ${serveJson}`],
    ...(seen ? [['Kept in', `${serveJson} (for you only)`]] : []),
    ['Stores', stores.length > 0 ? stores.join(', ') : 'none: name them in ./picferry.json or with --allow NAME=STORE'],
    ['Try', `${sync}${flagText('--api', url)}${flagText('--state-dir', stateDir)}`],
  ];
  return `${lines.map(([title, text]) => printable(`${`${title}:`.padEnd(10)}${text}`)).join('\n')}\n`;
};
