// An S3 that says what a test tells it to: for answers that no server at hand gives, and for requests byte by byte.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryBudget } from '../../lib/stores/memory-budget.ts';
import { openS3Store, type S3Store, type S3StoreOptions } from '../../lib/stores/s3/store.ts';
import type { S3Spec } from '../../lib/stores/spec.ts';

export interface SeenRequest {
  readonly method: string;
  /** As it stood in the request line. */
  readonly url: string;
  /** The part before `?`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Byte strings. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The connection ends after this many bytes of the body; its length was promised in full. */
  readonly cutAfter?: number;
  /** The connection ends without an answer. */
  readonly reset?: boolean;
  /** Half of the body at once, the rest after so many milliseconds. */
  readonly dripMs?: number;
  /** Nothing ever comes. */
  readonly hang?: boolean;
}

/** Called with every request and its number, from 0. */
export type Script = (request: SeenRequest, number: number) => Reply | Promise<Reply>;

export interface ScriptedS3 extends AsyncDisposable {
  readonly endpointUrl: string;
  readonly seen: SeenRequest[];
  /** A store of this server, quick to try again. */
  store(spec?: Partial<S3Spec>, options?: S3StoreOptions): Promise<S3Store>;
}

export const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret-never-shown' };

export const scriptedS3 = async (script: Script): Promise<ScriptedS3> => {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const one = await seenRequest(request).catch(() => undefined);
    // Whoever sent it was gone half-way: nothing comes of it, and nobody is there to be answered.
    if (one === undefined) return void response.destroy();
    seen.push(one);
    await reply(response, one.method, await script(one, seen.length - 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stores: S3Store[] = [];
  return {
    endpointUrl,
    seen,
    async store(spec = {}, options = {}) {
      const store = await openS3Store(
        { type: 's3', bucket: 'pictures', prefix: '', region: 'us-east-1', endpointUrl, createOnly: 'native', ...spec },
        { credentials: async () => KEYS, retryDelayMs: 1, ...options },
      );
      stores.push(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await Promise.all(stores.map((store) => store.close()));
    },
  };
};

/** Answers one after the other; the last one goes on for ever. */
export const inTurn =
  (...replies: readonly Reply[]): Script =>
  (_request, number) =>
    replies[Math.min(number, replies.length - 1)] as Reply;

export const errorReply = (status: number, code: string, message = 'as scripted'): Reply => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: errorXml(code, message),
});

export const errorXml = (code: string, message = 'as scripted'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

export const PLENTY = createMemoryBudget(1024 ** 3);

const seenRequest = async (request: IncomingMessage): Promise<SeenRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = request.url ?? '';
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  return {
    method: request.method ?? '',
    url,
    path,
    query: new URLSearchParams(query),
    headers: request.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  };
};

const reply = async (response: ServerResponse, method: string, said: Reply): Promise<void> => {
  if (said.hang) return;
  if (said.reset) {
    response.socket?.resetAndDestroy();
    return;
  }
  const body = Buffer.from(said.body ?? '');
  response.writeHead(said.status ?? 200, {
    ...(method === 'HEAD' || said.headers?.['transfer-encoding'] ? {} : { 'content-length': String(body.length) }),
    ...said.headers,
  });
  if (said.dripMs !== undefined) {
    const half = Math.floor(body.length / 2);
    response.write(body.subarray(0, half));
    const rest = setTimeout(() => response.end(body.subarray(half)), said.dripMs);
    response.on('close', () => clearTimeout(rest));
    return;
  }
  if (said.cutAfter === undefined) {
    response.end(method === 'HEAD' ? undefined : body);
    return;
  }
  response.write(body.subarray(0, said.cutAfter), () => response.socket?.destroy());
};
