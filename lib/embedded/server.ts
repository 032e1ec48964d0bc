// The HTTP server of `serve`: on loopback only, behind its guards; it can stop taking requests and wait for those it has.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { problem, problemResponse, unexpected } from '../api/problem.ts';
import type { ReportFiles } from '../workflow/ports.ts';
import { refuseForeign, requireToken } from './guards.ts';
import { linkedFiles } from './linked-files.ts';
import { LINKS_BELOW, type SignedLinks } from './signed-links.ts';

export interface ServerOptions {
  /** An address of this machine that no other machine reaches. */
  readonly host: '127.0.0.1' | '::1';
  /** 0: a free one. */
  readonly port: number;
  /** For tests. */
  readonly patience?: typeof PATIENCE;
}

/** How long a request may take to arrive, and how often that is looked at, ms. They are small, and from this machine. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

export interface ServerParts {
  readonly token: string;
  readonly links: SignedLinks;
  readonly files: ReportFiles;
  /** Everything that is not a link. */
  readonly api: (request: Request) => Response | Promise<Response>;
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface RunningServer {
  readonly origin: string;
  readonly port: number;
  /** Requests to the API that have not been answered. */
  underWay(): number;
  /** Takes no more requests; resolves when those under way have been answered, or after a few seconds. Downloads go on. */
  drain(): Promise<void>;
  /** Cuts what is still connected. */
  close(): Promise<void>;
}

/** Rejects where the port is taken. */
export const openServer = async (
  { host, port: wanted, patience = PATIENCE }: ServerOptions,
  partsAt: (origin: string) => ServerParts,
): Promise<RunningServer> => {
  const server = createServer(patience);
  const port = await listen(server, wanted, host);
  const origin = `http://${host === '::1' ? '[::1]' : host}:${port}`;
  const parts = partsAt(origin);
  const underWay = new Map<Promise<unknown>, IncomingMessage>();
  let draining = false;
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    server.once('close', () => {
      isClosed = true;
      resolve();
    });
  });

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(refuseForeign(port));
  // Links carry their own proof, and are for browsers, which have no token. Whatever comes after needs it.
  app.get(`${LINKS_BELOW}*`, linkedFiles(parts.links, parts.files));
  app.use(requireToken(parts.token));
  app.all('*', ({ req, env }) => {
    if (draining) return problemResponse(problem(503, STOPPING), { Connection: 'close' });
    const answer = Promise.resolve(parts.api(req.raw));
    underWay.set(answer, env.incoming);
    const over = (): void => void underWay.delete(answer);
    answer.then(over, over);
    return answer;
  });
  app.onError((error) => {
    parts.log('a request failed', { error: error.name, message: error.message, stack: error.stack });
    return problemResponse(unexpected(error));
  });
  server.on('request', getRequestListener(app.fetch));

  const answered = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.allSettled(underWay.keys());
  };
  const drain = async (): Promise<void> => {
    draining = true;
    server.close();
    server.closeIdleConnections();
    await Promise.race([answered(), sleep(LONGEST_DRAIN_MS, undefined, { ref: false })]);
    // What has not arrived by now must not start anything later.
    for (const incoming of underWay.values()) if (!incoming.complete) incoming.destroy();
  };
  const close = async (): Promise<void> => {
    if (server.listening) server.close();
    // Answers that are on their way arrive; a download that takes longer is cut.
    for (let waitedMs = 0; !isClosed && waitedMs < LAST_ANSWERS_MS; waitedMs += 20) {
      server.closeIdleConnections();
      await Promise.race([closed, sleep(20)]);
    }
    server.closeAllConnections();
    await closed;
  };
  return { origin, port, underWay: () => underWay.size, drain, close };
};

const LONGEST_DRAIN_MS = 3_000;
const LAST_ANSWERS_MS = 2_000;
const STOPPING = 'This server is stopping: start "picferry serve" again, then repeat the request.';

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
