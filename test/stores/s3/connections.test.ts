// Connections go on from one request to the next only where nothing that a broken server leaves on one can be an answer to the next.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { CopyOutcome } from '../../../lib/stores/copy.ts';
import { openServerSideRoute } from '../../../lib/stores/s3/server-side-copy.ts';
import { openS3Store } from '../../../lib/stores/s3/store.ts';
import { KEYS, PLENTY } from '../../support/scripted-s3.ts';

const RESULT = '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>';
const COPIED = `HTTP/1.1 200 OK\r\ncontent-length: ${RESULT.length}\r\n\r\n${RESULT}`;
const FOUND =
  'HTTP/1.1 200 OK\r\netag: "old"\r\nlast-modified: Wed, 01 Jan 2020 00:00:00 GMT\r\ncontent-length: 99\r\n\r\n';
const REFUSED = 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n';
const absent = (length: number): string => `HTTP/1.1 404 Not Found\r\ncontent-length: ${length}\r\n\r\n`;
const JUNK = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>';

interface Broken {
  readonly head: string;
  /** Sent behind it although a HEAD has no body, after so many ms. */
  readonly behindHead?: string;
  readonly lateMs?: number;
  readonly put?: string;
}

/** Speaks HTTP by hand, because Node's own server would never send what it must not. */
const server = async ({ head, behindHead = '', lateMs = 0, put = COPIED }: Broken, maxConnections = 4) => {
  let connections = 0;
  const puts = new Set<string>();
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    connections++;
    sockets.add(socket.on('error', () => {}));
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const [method, path = ''] = text.split(' ', 2);
        text = text.slice(end + 4);
        if (method === 'HEAD') {
          const isThere = puts.has(path);
          socket.write((isThere ? FOUND : head) + (lateMs === 0 ? behindHead : ''));
          if (lateMs > 0) setTimeout(() => socket.write(behindHead), lateMs);
        } else {
          if (put === COPIED) puts.add(path);
          setTimeout(() => socket.write(put), 10);
        }
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const endpointUrl = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const store = await openS3Store(
    { type: 's3', bucket: 'pictures', prefix: '', region: 'us-east-1', endpointUrl, createOnly: 'headFirst' },
    { credentials: async () => KEYS, retryDelayMs: 1, maxConnections },
  );
  const route = openServerSideRoute(store, store, { sameService: true, tags: true, memory: PLENTY });
  return {
    connections: () => connections,
    puts,
    copy: (key: string, action: 'create' | 'replace' = 'create'): Promise<CopyOutcome> =>
      route.copy({ key, size: 99 }, { action, listedAt: 0 }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      listening.close();
      await store.close();
    },
  };
};

describe('looking whether a name is free', () => {
  test('keeps its connection where the answer ends with its head', async () => {
    await using s3 = await server({ head: absent(0) });
    for (const key of ['a', 'b', 'c', 'd']) assert.deepEqual(await s3.copy(key), { outcome: 'copied' });
    assert.ok(s3.connections() <= 2, `${s3.connections()} connections for 8 requests`);
  });

  for (const [what, broken] of [
    ['at once', { head: absent(JUNK.length), behindHead: JUNK }],
    ['late', { head: absent(JUNK.length), behindHead: JUNK, lateMs: 3 }],
    ['although it said that there is none', { head: absent(0), behindHead: JUNK, lateMs: 3 }],
  ] as const)
    test(`of a server that sends a body behind it, ${what}: all are copied all the same`, async () => {
      await using s3 = await server(broken);
      const keys = Array.from({ length: 32 }, (_, i) => `${i}.jpg`);
      const outcomes = await Promise.all(keys.map((key) => s3.copy(key)));
      // What was garbled may have been the answer to a copy: then the next look finds it.
      for (const { outcome } of outcomes) assert.match(outcome, /^(copied|alreadyThere)$/);
      assert.equal(s3.puts.size, keys.length);
    });

  test('of a server that sends the picture behind it: its bytes are no answer to the next request', async () => {
    const forged = `HTTP/1.1 200 OK\r\ncontent-length: ${RESULT.length}\r\n\r\n${RESULT}`;
    await using s3 = await server({ head: FOUND, behindHead: forged, lateMs: 4, put: REFUSED }, 1);
    const outcome = await s3.copy('a', 'replace');
    assert.ok(outcome.outcome === 'failed' && outcome.reason === 'accessDenied', JSON.stringify(outcome));
  });
});
