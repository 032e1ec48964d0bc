// Who gets an answer from serve's HTTP server: requests to its own name, from no other web page, with its token.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createFolderReportFiles } from '../../lib/embedded/folder-report-files.ts';
import { openServer, type RunningServer, type ServerOptions } from '../../lib/embedded/server.ts';
import { createSignedLinks, type SignedLinks } from '../../lib/embedded/signed-links.ts';
import { scratchFolder } from '../support/scratch.ts';
import { type Answered, send } from '../support/serve-process.ts';

const TOKEN = randomBytes(32).toString('base64url');
const PAGE = 'migrations/m1/report.html';

describe('serve’s HTTP server', () => {
  const cleanup: (() => unknown)[] = [];
  const reached: string[] = [];
  let server: RunningServer;
  let links: SignedLinks;
  let nowMs = 1_800_000_000_000;
  let answer: (request: Request) => Response | Promise<Response> = () => new Response('answered');

  before(async () => {
    const files = createFolderReportFiles(
      await scratchFolder({ after: (fn) => void cleanup.push(fn as () => unknown) }),
    );
    await files.write(PAGE, '<p>fine</p>');
    await files.write('migrations/m1/empty.json', '');
    server = await openServer({ host: '127.0.0.1', port: 0 }, (origin) => {
      links = createSignedLinks({ origin: () => origin, key: 'k', linkSeconds: 60, now: () => nowMs });
      const api = (request: Request) => {
        reached.push(`${request.method} ${new URL(request.url).pathname}`);
        return answer(request);
      };
      return { token: TOKEN, links, files, api, log: () => {} };
    });
  });
  after(async () => {
    await server.close();
    for (const clean of cleanup) await clean();
  });

  const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answered> =>
    send(method, new URL(path, server.origin), headers);
  const authorized = { authorization: `Bearer ${TOKEN}` };
  const isProblem = ({ headers, body, status }: Answered): void => {
    assert.equal(headers['content-type'], 'application/problem+json');
    const problem = JSON.parse(body) as { status: number; detail: string };
    assert.equal(problem.status, status);
    assert.ok(problem.detail.length > 20);
    // Whoever is not let in may send what they like: it is not read.
    if (status === 401 || status === 403) assert.equal(headers.connection, 'close');
  };

  for (const [host, status] of [
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
    ['LOCALHOST:PORT', 200],
    ['[::1]:PORT', 200],
    ['127.0.0.1', 403],
    ['127.0.0.1:1', 403],
    ['localhost', 403],
    ['rebound.example:PORT', 403],
    ['localhost.example:PORT', 403],
    ['127.0.0.1.example:PORT', 403],
    ['127.0.0.2:PORT', 403],
    ['0.0.0.0:PORT', 403],
  ] as const) {
    test(`Host ${host} is answered ${status}`, async () => {
      reached.length = 0;
      const answered = await ask('/migrations', { ...authorized, host: host.replace('PORT', String(server.port)) });
      assert.equal(answered.status, status);
      assert.deepEqual(reached, status === 200 ? ['GET /migrations'] : []);
      if (status === 403) isProblem(answered);
    });
  }

  for (const [origin, status] of [
    ['http://127.0.0.1:PORT', 200],
    ['http://localhost:PORT', 403],
    ['https://127.0.0.1:PORT', 403],
    ['http://127.0.0.1', 403],
    ['http://evil.example', 403],
    ['null', 403],
    ['', 403],
  ] as const) {
    test(`Origin "${origin}" is answered ${status}, with the token and all`, async () => {
      reached.length = 0;
      const headers = { ...authorized, origin: origin.replace('PORT', String(server.port)) };
      const answered = await ask('/migrations', headers, 'POST');
      assert.equal(answered.status, status);
      assert.equal(reached.length, status === 200 ? 1 : 0);
    });
  }

  for (const [what, headers] of [
    ['no token', {}],
    ['an empty one', { authorization: 'Bearer ' }],
    ['another one', { authorization: `Bearer ${'x'.repeat(TOKEN.length)}` }],
    ['the beginning of it', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${TOKEN}x` }],
    ['it under another scheme', { authorization: `Basic ${TOKEN}` }],
    ['it without a scheme', { authorization: TOKEN }],
  ] as const) {
    for (const path of ['/migrations', '/openapi.json', '/anything', '/']) {
      test(`${path} with ${what} is answered 401, and how to do better`, async () => {
        reached.length = 0;
        const answered = await ask(path, headers);
        assert.equal(answered.status, 401);
        assert.match(String(answered.headers['www-authenticate']), /^Bearer /);
        isProblem(answered);
        assert.deepEqual(reached, []);
      });
    }
  }

  for (const [method, path] of [
    ['POST', `/files/${PAGE}`],
    ['DELETE', '/files/x'],
    ['GET', '/filesx'],
    ['GET', '//files/x'],
    ['POST', '/files/../migrations'],
  ] as const) {
    test(`${method} ${path} is no link: it needs the token`, async () => {
      assert.equal((await rawRequest(server.port, method, path)).split(' ')[1], '401');
    });
  }

  test('what a browser makes of a link needs no token, and is guarded against what stands in it', async () => {
    const { url } = await links.to(PAGE);
    const { status, headers, body } = await send('GET', new URL(url));
    assert.deepEqual([status, body], [200, '<p>fine</p>']);
    assert.equal(headers['content-length'], '11');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /script-src|connect-src/);
  });

  test('HEAD of a link tells its length; an empty file is one', async () => {
    const { url } = await links.to(PAGE);
    const head = await send('HEAD', new URL(url));
    assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '11', '']);
    const empty = await send('GET', new URL((await links.to('migrations/m1/empty.json')).url));
    assert.deepEqual([empty.status, empty.headers['content-length'], empty.body], [200, '0', '']);
  });

  test('a link to a file that is gone is answered 404', async () => {
    const { url } = await links.to('migrations/m1/missing.jsonl.gz');
    const answered = await send('GET', new URL(url));
    assert.equal(answered.status, 404);
    isProblem(answered);
  });

  test('a link past its time, or changed in any part, is answered 403', async () => {
    const { url } = await links.to(PAGE, { saveAs: 'r.html' });
    const changed = [
      url.replace('report.html', 'request.json'),
      url.replace(/expires=\d+/, 'expires=9999999999'),
      url.replace('saveAs=r.html', 'saveAs=r.exe'),
      url.replace('&saveAs=r.html', ''),
      url.replace('?', '?x=1&'),
      `${url}&x=1`,
      `${url}=`,
      url.slice(0, -1),
      url.replace(/&signature=.*/, ''),
      url.replace(/&signature=.*/, '&signature='),
      url.replace('/files/migrations', '/files//migrations'),
    ];
    for (const one of changed) {
      const answered = await send('GET', new URL(one));
      assert.equal(answered.status, 403, one);
      isProblem(answered);
    }
    nowMs += 60_000;
    const late = await send('GET', new URL(url));
    assert.equal(late.status, 403);
    assert.match(late.body, /time is over/);
    nowMs -= 1_001;
    assert.equal((await send('GET', new URL(url))).status, 200);
  });

  test('an error of the API itself is a 500 that says nothing of the inside', async () => {
    answer = () => {
      throw new Error('/secret/path');
    };
    const answered = await ask('/migrations', authorized);
    answer = () => new Response('answered');
    assert.equal(answered.status, 500);
    assert.doesNotMatch(answered.body, /secret/);
  });

  test('stopping answers what was asked before, and nothing else', async () => {
    const own = await openServer({ host: '127.0.0.1', port: 0 }, () => ({
      ...{ token: TOKEN, links, files: createFolderReportFiles('/nowhere'), log: () => {} },
      api: async () => {
        await drainBegan.promise;
        return new Response('late, but answered');
      },
    }));
    const drainBegan = Promise.withResolvers<void>();
    const early = send('GET', new URL('/', own.origin), authorized);
    while (own.underWay() === 0) await new Promise(setImmediate);
    const drained = own.drain();
    await assert.rejects(send('GET', new URL('/', own.origin), authorized), { code: 'ECONNREFUSED' });
    drainBegan.resolve();
    await drained;
    await own.close();
    assert.equal((await early).body, 'late, but answered');
  });
});

describe('a body that does not come', () => {
  const given = async (t: TestContext, patience?: ServerOptions['patience']) => {
    const ended: string[] = [];
    const options = { host: '127.0.0.1', port: 0, ...(patience && { patience }) } as const;
    const server = await openServer(options, () => ({
      ...{ token: TOKEN, links: {} as SignedLinks, files: createFolderReportFiles('/nowhere'), log: () => {} },
      api: async (request) => {
        const body = await request.text().finally(() => ended.push('read'));
        ended.push('acted');
        return new Response(body);
      },
    }));
    t.after(() => server.close());
    const socket = connect(server.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(
      `POST /migrations HTTP/1.1\r\nHost: localhost:${server.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 100\r\n\r\n{`,
    );
    while (server.underWay() === 0) await new Promise(setImmediate);
    return { server, ended, text: received(socket) };
  };

  test('is not waited for', { timeout: 20_000 }, async (t) => {
    const patience = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };
    const { server, ended, text } = await given(t, patience);
    assert.match(await text, /^HTTP\/1.1 408 /);
    assert.equal(server.underWay(), 0);
    assert.deepEqual(ended, ['read']);
  });

  test('keeps no server from stopping, and starts nothing afterwards', { timeout: 20_000 }, async (t) => {
    const { server, ended, text } = await given(t);
    await server.drain();
    assert.equal(await text, '', 'the connection is cut');
    assert.deepEqual(ended, ['read']);
    await server.close();
  });
});

/** All that comes until the connection ends, however it does. */
const received = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => {}).on('close', () => resolve(text));
  });

/** A path as no client would send it. */
const rawRequest = (port: number, method: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => resolve(text)).on('error', reject);
  });
