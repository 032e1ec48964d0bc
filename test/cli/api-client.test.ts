// What an API's answers become: values, sentences with exit codes, and repeats that start nothing twice.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ApiRefusal, type ApiRequest, createApiClient } from '../../lib/cli/api-client.ts';
import type { Credentials } from '../../lib/cli/api-credentials.ts';
import { inTurn, type Reply, scriptedS3 } from '../support/scripted-s3.ts';

const credentialsTo = (url: string): Credentials => ({
  url: new URL(url),
  authorize: async ({ headers }) => ({ ...headers, authorization: 'Bearer secret-word' }),
  describe: () => 'the token in PICFERRY_TOKEN',
  wayOut: 'set the right one',
});

const problem = (status: number, detail: string, migrationId?: string): Reply => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: 'about:blank', title: 'No', status, detail, migrationId }),
});

const GET: ApiRequest = { method: 'GET', path: '/migrations' };
const QUICK = { retryDelayMs: 1, timeoutMs: 2_000 };

const rejection = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was expected to fail');
};

describe('an answer', () => {
  const TABLE: readonly (readonly [
    what: string,
    answer: Reply,
    error: 'UsageError' | 'Unreachable',
    asked: number,
    says: RegExp,
  ])[] = [
    ['400 with a sentence', problem(400, 'source: is missing'), 'UsageError', 1, /^source: is missing$/],
    [
      '403 of the API, about a store',
      problem(403, 'There is no store "x".'),
      'UsageError',
      1,
      /^There is no store "x"\.$/,
    ],
    [
      '403 of API Gateway',
      { status: 403, body: '{"message":"Forbidden"}' },
      'UsageError',
      1,
      /PICFERRY_TOKEN.*403: Forbidden.*set the right one/,
    ],
    [
      '401',
      problem(401, 'The token is wrong.'),
      'UsageError',
      1,
      /refuses the token in PICFERRY_TOKEN.*set the right one/,
    ],
    ['404 of another service', { status: 404, body: '<html>' }, 'UsageError', 1, /is it the URL of Picferry/],
    ['409', problem(409, 'Migration m1 is running on this pair.', 'm1'), 'UsageError', 1, /m1/],
    ['422', problem(422, 'Another body had this key.'), 'UsageError', 1, /Another body/],
    ['429', problem(429, 'Too many.'), 'Unreachable', 3, /429: Too many/],
    ['500 without a sentence', { status: 500, body: 'oops' }, 'Unreachable', 3, /answered 500/],
    ['503 with one', problem(503, 'It is being stopped.'), 'Unreachable', 3, /503: It is being stopped/],
    ['no answer: the connection breaks', { reset: true }, 'Unreachable', 3, /cannot be reached: /],
    [
      'an answer that ends in the middle',
      { body: '{"migrations": []}', cutAfter: 5 },
      'Unreachable',
      3,
      /cannot be reached/,
    ],
    ['200 of another service', { body: '<html>hello</html>' }, 'Unreachable', 3, /is the URL right/],
    [
      'a redirect, which is not followed',
      { status: 302, headers: { location: 'https://example.org/' } },
      'UsageError',
      1,
      /answered 302/,
    ],
    [
      'a sentence that would colour a terminal',
      problem(400, 'no \u001b[31mred'),
      'UsageError',
      1,
      /no \\u\{1b\}\[31mred/,
    ],
  ];
  for (const [what, answer, name, asked, says] of TABLE) {
    test(`${what}: ${name}, asked ${asked} time(s)`, async () => {
      await using api = await scriptedS3(() => answer);
      const error = await rejection(createApiClient(credentialsTo(api.endpointUrl), { ...QUICK, retries: 2 })(GET));
      assert.equal(error.name, name, error.message);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /secret-word/);
      assert.equal(api.seen.length, asked);
    });
  }

  test('409 names the migration', async () => {
    await using api = await scriptedS3(() => problem(409, 'Busy.', '20260101-000000-abcdef'));
    const error = (await rejection(createApiClient(credentialsTo(api.endpointUrl))(GET))) as ApiRefusal;
    assert.equal(error.problem?.migrationId, '20260101-000000-abcdef');
  });

  test('204 is fine, and empty', async () => {
    await using api = await scriptedS3(() => ({ status: 204 }));
    assert.equal(await createApiClient(credentialsTo(api.endpointUrl))({ ...GET, method: 'DELETE' }), undefined);
  });

  test('that never comes is waited for no longer than allowed', async () => {
    await using api = await scriptedS3(() => ({ hang: true }));
    const client = createApiClient(credentialsTo(api.endpointUrl), { retries: 0, timeoutMs: 200 });
    assert.match((await rejection(client(GET))).message, /no answer within 0\.2 s/);
  });

  test('of a port where nobody listens names URL and cause', async () => {
    const api = await scriptedS3(() => ({}));
    await api[Symbol.asyncDispose]();
    const error = await rejection(createApiClient(credentialsTo(api.endpointUrl), { ...QUICK, retries: 1 })(GET));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, new RegExp(`${api.endpointUrl} cannot be reached: .*ECONNREFUSED`));
  });
});

describe('repeats', () => {
  const START: ApiRequest = { method: 'POST', path: '/migrations', body: { mode: 'sync' }, idempotencyKey: 'one-key' };

  test('carry the same key and body', async () => {
    await using api = await scriptedS3(inTurn({ reset: true }, { status: 503 }, { status: 202, body: '{"id":"m1"}' }));
    assert.deepEqual(await createApiClient(credentialsTo(api.endpointUrl), QUICK)(START), { id: 'm1' });
    assert.deepEqual(
      api.seen.map(({ headers, body }) => [headers['idempotency-key'], String(body)]),
      Array.from({ length: 3 }, () => ['one-key', '{"mode":"sync"}']),
    );
  });

  test('are not made of what must be done once', async () => {
    await using api = await scriptedS3(() => ({ status: 503 }));
    const client = createApiClient(credentialsTo(api.endpointUrl), QUICK);
    await rejection(client({ method: 'POST', path: '/schedules', body: {}, onlyOnce: true }));
    assert.equal(api.seen.length, 1);
  });
});
