// Connections stay open from one request to the next, and what a broken server leaves on one is no answer to the next.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { openServerSideRoute } from '../../../lib/stores/s3/server-side-copy.ts';
import { openS3Store } from '../../../lib/stores/s3/store.ts';
import { KEYS, PLENTY } from '../../support/scripted-s3.ts';

const ABSENT = 'HTTP/1.1 404 Not Found\r\ncontent-type: application/xml\r\ncontent-length: 39\r\n\r\n';
const UNASKED = '<Error><Code>NoSuchKey</Code></Error>\r\n';
const RESULT = '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>';
const COPIED = `HTTP/1.1 200 OK\r\ncontent-length: ${RESULT.length}\r\n\r\n${RESULT}`;

/** Speaks HTTP by hand, because Node's own server would never send what it must not. */
const server = async (afterHead: string) => {
  let connections = 0;
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    connections++;
    sockets.add(socket.on('error', () => {}));
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const isHead = text.startsWith('HEAD ');
        text = text.slice(end + 4);
        socket.write(isHead ? ABSENT + afterHead : COPIED);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const endpointUrl = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const store = await openS3Store(
    { type: 's3', bucket: 'pictures', prefix: '', region: 'us-east-1', endpointUrl, createOnly: 'headFirst' },
    { credentials: async () => KEYS, retryDelayMs: 1 },
  );
  return {
    connections: () => connections,
    copy: (key: string) =>
      openServerSideRoute(store, store, { sameService: true, tags: true, memory: PLENTY }).copy(
        { key, size: 3 },
        { action: 'create', listedAt: 0 },
      ),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      listening.close();
      await store.close();
    },
  };
};

describe('looking whether a name is free', () => {
  test('keeps its connection', async () => {
    await using s3 = await server('');
    for (const key of ['a', 'b', 'c', 'd']) assert.deepEqual(await s3.copy(key), { outcome: 'copied' });
    assert.ok(s3.connections() <= 2, `${s3.connections()} connections for 8 requests`);
  });

  test('ends it where a server sends a body that does not belong there, and copies all the same', async () => {
    await using s3 = await server(UNASKED);
    for (const key of ['a', 'b', 'c', 'd']) assert.deepEqual(await s3.copy(key), { outcome: 'copied' });
    assert.ok(s3.connections() > 1);
  });
});
