// The HTTP API: judges what every request has in common, and hands it to its route. Runs in Lambda and in `picferry serve`.
import { type Context, Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { bodyLimit } from 'hono/body-limit';
import type { Answer, Call } from './call.ts';
import type { ApiHost } from './host.ts';
import { type DocumentOptions, openApiOf } from './openapi.ts';
import { complaintsOf } from './parsed.ts';
import { problem, problemOf, problemResponse, unexpected } from './problem.ts';
import { isRefusal, shown } from './refusal.ts';
import type { Problem } from './resources.ts';
import { IDEMPOTENCY_KEY, idempotencyKeySchema, ROUTES, type Route } from './routes.ts';

export type ApiOptions = Partial<DocumentOptions>;

const BODY_MAX_BYTES = 64 * 1024;

export const createApi = (host: ApiHost, options: ApiOptions = {}): Hono => {
  const { basePath = '', version = '0' } = options;
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
  });
  app.use(bodyLimit({ maxSize: BODY_MAX_BYTES, onError: () => problemResponse(TOO_LARGE) }));
  for (const route of ROUTES) {
    app.on(route.method.toUpperCase(), pathIn(route, basePath), (c) => serve(route, c, host, basePath));
  }
  app.get(`${basePath}/openapi.json`, (c) => c.json(openApiOf({ ...options, basePath, version })));
  for (const [path, methods] of methodsByPath(basePath)) {
    app.all(path, () => problemResponse(wrongMethod(methods), { allow: methods.join(', ') }));
  }
  app.notFound(() => problemResponse(problem(404, 'There is nothing here: GET /openapi.json lists what there is.')));
  app.onError((error, c) => {
    const { name, message, stack } = error;
    host.log('request failed', { method: c.req.method, path: c.req.path, error: name, message, stack });
    return problemResponse(unexpected(error));
  });
  return app;
};

const TOO_LARGE = problem(413, `The body is too large: at most ${BODY_MAX_BYTES / 1024} KiB are taken.`);

const wrongMethod = (methods: readonly string[]): Problem =>
  problem(405, `This takes ${methods.join(' and ')} only: GET /openapi.json says what for.`);

const pathIn = ({ path }: Pick<Route, 'path'>, basePath: string): string =>
  `${basePath}${path.replace(/\{(\w+)\}/g, ':$1')}`;

const methodsByPath = (basePath: string): Map<string, string[]> => {
  const methods = new Map<string, string[]>([[`${basePath}/openapi.json`, ['GET']]]);
  for (const route of ROUTES) {
    const path = pathIn(route, basePath);
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()]);
  }
  return methods;
};

const serve = async (route: Route, c: Context, host: ApiHost, basePath: string): Promise<Response> => {
  const call = await judged(route, c, host, basePath);
  if (isProblem(call)) return problemResponse(call);
  const answer = await route.handler(call);
  return isRefusal(answer) ? problemResponse(problemOf(answer)) : responseOf(answer);
};

const isProblem = (value: Call | Problem): value is Problem => 'detail' in value;

const responseOf = ({ status, body, html, headers = {} }: Answer): Response => {
  if (html !== undefined) {
    return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });
  }
  if (body === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
};

/** The request as its route may have it, or what is wrong with it whatever the route would say. */
const judged = async (route: Route, c: Context, host: ApiHost, basePath: string): Promise<Call | Problem> => {
  const query = route.query?.safeParse(c.req.query());
  if (query?.error) return problem(400, `The query cannot be used: ${complaintsOf(query.error)}.`);
  const key = route.repeatable && c.req.header(IDEMPOTENCY_KEY);
  const keyJudged = key === undefined ? undefined : idempotencyKeySchema.safeParse(key);
  if (keyJudged?.error)
    return problem(400, `The header ${IDEMPOTENCY_KEY} cannot be used: it ${complaintsOf(keyJudged.error)}.`);
  const body = route.body && (await bodyOf(c));
  if (body && 'problem' in body) return body.problem;
  return {
    host,
    basePath,
    part: (name) => c.req.param(name) ?? '',
    query: (query?.data ?? {}) as Call['query'],
    body: body?.json,
    ...(keyJudged?.data === undefined ? {} : { idempotencyKey: keyJudged.data }),
    prefersHtml: route.html === true && prefersHtml(c),
  };
};

const bodyOf = async (c: Context): Promise<{ readonly json: unknown } | { readonly problem: Problem }> => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return { problem: problem(415, 'The body must be JSON: send it with Content-Type: application/json.') };
  }
  const text = await c.req.text();
  // A wrong Content-Length gets here.
  if (Buffer.byteLength(text) > BODY_MAX_BYTES) return { problem: TOO_LARGE };
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    const why = text === '' ? 'it is empty' : shown((error as Error).message);
    return { problem: problem(400, `The body is no JSON: ${why}. GET /openapi.json shows what it should be.`) };
  }
};

const prefersHtml = (c: Context): boolean =>
  accepts(c, { header: 'Accept', supports: ['application/json', 'text/html'], default: 'application/json' }) ===
  'text/html';
