// Servers that never stop talking: what they say is read up to a bound, and not kept in memory.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createApiClient } from '../../../lib/cli/api-client.ts';
import { openS3Store } from '../../../lib/stores/s3/store.ts';
import { KEYS } from '../../support/scripted-s3.ts';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

/** Sends a status and then megabytes until nobody listens any more; tells how many. */
const endless = async (status: number) => {
  let megabytes = 0;
  const pour = (response: ServerResponse): void => {
    if (response.destroyed || megabytes >= 1_024) return void response.end();
    megabytes += 1;
    if (response.write(MEGABYTE)) setImmediate(pour, response);
    else response.once('drain', () => pour(response));
  };
  const server = createServer((request, response) => {
    request.resume();
    response.on('error', () => {});
    response.writeHead(status, { 'content-type': 'application/xml' });
    pour(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => megabytes,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
};

const storeAt = (endpointUrl: string) =>
  openS3Store(
    { type: 's3', bucket: 'pictures', prefix: '', region: 'us-east-1', endpointUrl, createOnly: 'native' },
    { credentials: async () => KEYS, retryDelayMs: 1, maxAttempts: 1 },
  );

for (const [status, most] of [
  [200, 128],
  [403, 32],
  [500, 32],
] as const) {
  test(`a listing answered ${status} with a gigabyte is given up before ${most} MB`, async () => {
    await using there = await endless(status);
    const store = await storeAt(there.url);
    await assert.rejects(Array.fromAsync(store.list({ after: '', upTo: null })), {
      name: /^(IncompleteListing|StoreRefused|StoreUnavailable)$/,
    });
    await store.close();
    assert.ok(there.sent() < most, `${there.sent()} MB were taken`);
  });
}

const client = (url: string) =>
  createApiClient(
    { url: new URL(url), authorize: async ({ headers }) => ({ ...headers }), describe: () => 'nothing', wayOut: '' },
    { retries: 0 },
  );

test('an API that answers with a gigabyte is given up', async () => {
  await using there = await endless(200);
  await assert.rejects(client(there.url)({ method: 'GET', path: '/migrations' }), {
    name: 'Unreachable',
    message: /more than 8388608 bytes/,
  });
  assert.ok(there.sent() < 64, `${there.sent()} MB were taken`);
});

test('an API whose answer unpacks to a gigabyte is given up', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '), { level: 9 });
  const server = createServer((_request, response) => {
    response.on('error', () => {});
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
    response.end(Buffer.concat(Array.from({ length: 16 }, () => bomb)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await assert.rejects(client(url)({ method: 'GET', path: '/migrations' }), { message: /more than 8388608 bytes/ });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
