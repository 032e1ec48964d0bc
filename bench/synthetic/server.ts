// An S3 server whose buckets are made up: any number of keys, a set latency for each page, nothing in memory but the pages that are to be kept.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pages } from './pages.ts';
import type { Shape } from './shapes.ts';

export interface Figures {
  /** Pages asked for, by bucket. */
  readonly pages: Record<string, number>;
  /** Requests under way at the same time, at most. */
  atOnce: number;
}

export interface SyntheticServer {
  readonly url: string;
  readonly figures: Figures;
  close(): Promise<void>;
}

/** `latencyMs`: what a page takes at least. `kept`: pages of each bucket that are made ready at once, and stay. */
export const startSynthetic = async (
  buckets: Readonly<Record<string, Shape>>,
  { latencyMs, kept = 0 }: { readonly latencyMs: number; readonly kept?: number },
): Promise<SyntheticServer> => {
  const figures: Figures = { pages: {}, atOnce: 0 };
  const pages = new Map(Object.entries(buckets).map(([bucket, shape]) => [bucket, new Pages(shape, kept)]));
  for (const one of pages.values()) one.prepare();
  let underWay = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://synthetic');
    const [, bucket = '', ...key] = pathname.split('/');
    const listed = pages.get(bucket);
    request.resume();
    if (listed === undefined || request.method !== 'GET' || key.join('/') !== '') {
      // Nothing but listings: there are no bytes behind these keys.
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${listed ? 'NoSuchKey' : 'NoSuchBucket'}</Code><Message>None.</Message></Error>`);
      return;
    }
    figures.pages[bucket] = (figures.pages[bucket] ?? 0) + 1;
    underWay++;
    figures.atOnce = Math.max(figures.atOnce, underWay);
    if (latencyMs > 0) await sleep(latencyMs);
    const body = listed.answer(searchParams);
    underWay--;
    response.writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length });
    response.end(body);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    figures,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};
