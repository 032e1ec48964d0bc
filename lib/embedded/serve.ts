// `picferry serve`: the API on this machine, with the migrations it starts, its links and its schedules, in one process.
import { join } from 'node:path';
import { fireSchedule } from '../api/fire-schedule.ts';
import type { ApiHost } from '../api/host.ts';
import { readPrices } from '../stores/picferry-json.ts';
import { UsageError } from '../stores/usage-error.ts';
import { cancelMigration } from '../workflow/cancel.ts';
import { createCron, storedScheduler } from './cron.ts';
import { type EmbeddedHost, type EmbeddedOptions, openEmbedded } from './host.ts';
import { type KnownStoresOptions, readKnownStores } from './known-stores.ts';
import { keptSecret, newSecret } from './private-files.ts';
import { removeServeJson, serveJsonPath, writeServeJson } from './serve-json.ts';
import { type Place, takePlace } from './serve-place.ts';
import { openServer, type ServerOptions } from './server.ts';
import { settleDead } from './settle-dead.ts';
import { createSignedLinks } from './signed-links.ts';

export interface ServeOptions extends KnownStoresOptions, ServerOptions {
  readonly linkSeconds: number;
  /** Pictures copied at once, by all migrations together. */
  readonly concurrency?: number;
  /** Picferry's, for openapi.json. */
  readonly version: string;
  readonly now?: () => number;
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** For tests: puts faults between the steps and what they touch. */
  readonly around?: NonNullable<EmbeddedOptions['around']>;
}

export interface Serving {
  readonly url: string;
  readonly token: string;
  /** Where url and token are kept for the CLI. */
  readonly serveJson: string;
  /** Names of the stores that requests may name. */
  readonly stores: readonly string[];
  /** Takes no more requests, cancels what runs, waits for its end and lets go of everything. */
  stop(): Promise<void>;
}

/** What could not be settled when it was over, because a disk was full perhaps. */
const SETTLE_LEFT_EVERY_MS = 5_000;

/** Throws `UsageError` for what cannot be served, `ServeRunning` where another one has this state folder. */
export const serve = async (options: ServeOptions): Promise<Serving> => {
  const { log, now = Date.now, concurrency, stateDir, around } = options;
  const stores = await readKnownStores(options);
  const host = await openEmbedded({
    ...{ stateDir, log, now, prices: await readPrices(options.cwd) },
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(around && { around }),
  });
  const opened: (() => Promise<void>)[] = [() => host.close()];
  try {
    const place = await takePlace(host);
    opened.push(() => place.leave());
    const parts = { host: { ...host, stores, scheduler: storedScheduler }, place, log };
    const serving = await openParts(parts, options, opened);
    return { ...serving, serveJson: serveJsonPath(stateDir), stores: stores.names };
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw error;
  }
};

interface Parts extends Pick<ServeOptions, 'log'> {
  readonly host: Omit<ApiHost, 'links'> & EmbeddedHost;
  readonly place: Place;
}

const openParts = async (
  { host, place, log }: Parts,
  options: ServeOptions,
  opened: (() => Promise<void>)[],
): Promise<Pick<Serving, 'url' | 'token' | 'stop'>> => {
  const { stateDir, files, now } = host;
  const [{ createApi }, key] = await Promise.all([import('../api/app.ts'), keptSecret(join(stateDir, 'links.key'))]);
  // A new one each time: whoever listened on this port while nothing served may have been shown the last.
  const token = newSecret();
  const server = await openServer(options, (origin) => {
    const links = createSignedLinks({ origin: () => origin, key, linkSeconds: options.linkSeconds, now });
    return { token, links, files, log, api: createApi({ ...host, links }, { version: options.version }).fetch };
  }).catch(asUsageError(options));
  opened.push(() => server.close());
  await writeServeJson(stateDir, { url: server.origin, token, pid: process.pid });
  opened.push(() => removeServeJson(stateDir, process.pid));
  await place.tell(server.origin);

  const cron = createCron({ records: host.records, now, log, fire: (firing) => fireSchedule(firing, host) });
  cron.start();
  const settling = new AbortController();
  const settled = settleDead(host, settling.signal);
  const again = setInterval(() => host.settleLeft(), SETTLE_LEFT_EVERY_MS);

  const stop = async (): Promise<void> => {
    clearInterval(again);
    settling.abort();
    await Promise.all([server.drain(), cron.close(), settled, cancelAll(host)]);
    // What the last requests and firings started.
    await cancelAll(host);
    for (const close of opened.reverse()) await close();
  };
  return { url: server.origin, token, stop };
};

/** Ends when all have ended as `cancelled`, with what was copied counted and their locks free. */
const cancelAll = async (host: EmbeddedHost): Promise<void> => {
  for (let running = host.executions.running(); running.length > 0; running = host.executions.running()) {
    host.log('cancelling', { migrations: running });
    await Promise.all(
      running.map(async (migrationId) => {
        // Where not even that can be written, closing stops them all the same; the next start settles them.
        await cancelMigration(migrationId, host).catch(() => host.executions.stop(migrationId));
        await host.executions.finished(migrationId);
      }),
    );
  }
};

const asUsageError =
  ({ host, port }: ServeOptions) =>
  (error: NodeJS.ErrnoException): never => {
    if (error.code === 'EADDRINUSE') {
      throw new UsageError(`port ${port} of ${host} is in use: choose another with --port, or 0 for a free one`);
    }
    if (error.code === 'EACCES') throw new UsageError(`port ${port} is not yours to listen on: choose one above 1023`);
    if (error.code === 'EADDRNOTAVAIL') throw new UsageError(`this machine has no ${host}: leave --host out`);
    throw error;
  };
