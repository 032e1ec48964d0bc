// openapi.json and the app are one thing: what the one says the other does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApi } from '../../lib/api/app.ts';
import type { ApiHost } from '../../lib/api/host.ts';
import { ROUTES } from '../../lib/api/routes.ts';
import { StoreUnavailable } from '../../lib/stores/errors.ts';
import { givenApi, refusalOf } from '../support/given-api.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security?: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object; readonly securitySchemes?: object };
}

const NOTHING = {} as ApiHost;
const documentOf = async (options: Parameters<typeof createApi>[1] = {}, path = '/openapi.json'): Promise<Document> =>
  (await (await createApi(NOTHING, options).request(path)).json()) as Document;

test('the document has every route of the app, and no other', async () => {
  const { paths } = await documentOf();
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  // The app's own list; ALL is its 405 and its middleware.
  const served = createApi(NOTHING).routes.map(({ method, path }) => `${method} ${path}`);
  const routes = [...new Set(served)].filter((route) => !route.startsWith('ALL '));
  assert.deepEqual(documented.toSorted(), routes.toSorted());
  assert.equal(documented.length, ROUTES.length + 1);
});

test('every reference leads somewhere, and every schema is referred to', async () => {
  const document = await documentOf();
  const text = JSON.stringify(document);
  const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to));
  const places = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  assert.ok(references.size > 10);
  assert.deepEqual(
    [...references].filter((to) => !places.includes(to ?? '')),
    [],
  );
  assert.deepEqual(
    places.filter((place) => !references.has(place)),
    [],
  );
  assert.doesNotMatch(text, /\$defs|\$schema|\$id/);
});

test('every operation says its parts, its body and its problems', async () => {
  const { paths } = await documentOf();
  const names = new Set<string>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { operationId, parameters = [], requestBody, responses }] of Object.entries(methods)) {
      names.add(operationId);
      const parts = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      assert.deepEqual(parts, path.match(/\{\w+\}/g) ?? [], path);
      if (path === '/openapi.json') continue;
      assert.equal(requestBody !== undefined, method === 'post' && !path.endsWith('/cancel'));
      for (const status of ['405', '500']) assert.ok(status in responses, `${method} ${path} ${status}`);
    }
  }
  assert.equal(names.size, ROUTES.length + 1);
  const key = paths['/migrations']?.post?.parameters?.find(({ name }) => name === 'Idempotency-Key');
  assert.equal(key?.in, 'header');
});

test('it says which version answers, where it begins and how requests are let in', async () => {
  const plain = await documentOf({ version: '1.2.3' });
  assert.equal(plain.openapi, '3.1.0');
  assert.deepEqual([plain.info.version, plain.servers, plain.security], ['1.2.3', [{ url: '/' }], undefined]);
  const below = await documentOf({ basePath: '/v1', auth: 'bearer' }, '/v1/openapi.json');
  assert.deepEqual([below.servers, below.security], [[{ url: '/v1' }], [{ bearer: [] }]]);
  assert.deepEqual(below.components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer' } });
});

test('below a base path the app serves the same routes, and nothing beside it', async (t) => {
  const { host } = await givenApi(t);
  const app = createApi(host, { basePath: '/v1' });
  assert.equal((await app.request('/v1/migrations')).status, 200);
  assert.equal((await app.request('/migrations')).status, 404);
  const body = JSON.stringify({ source: 'old', destination: 'new', mode: 'check' });
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const started = await app.request('/v1/migrations', { method: 'POST', headers, body });
  assert.match(started.headers.get('location') ?? '', /^\/v1\/migrations\/\d{8}-/);
});

test('a wrong method is told which are right', async (t) => {
  const { call } = await givenApi(t);
  const answer = await call('PUT', '/schedules/x');
  refusalOf(answer, 405);
  assert.equal(answer.headers.get('allow'), 'GET, DELETE');
});

test('a service that does not answer is 503, to be tried again', async (t) => {
  const { call, host, logged } = await givenApi(t);
  host.records.get = () => Promise.reject(new StoreUnavailable('ThrottlingException: table/picferry'));
  const { detail } = refusalOf(await call('GET', '/migrations/x'), 503);
  assert.match(detail, /Try again/);
  assert.doesNotMatch(detail, /table/);
  assert.equal(logged.length, 1);
});
