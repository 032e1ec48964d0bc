// Given the API over an embedded host, when it is called, then every answer is as openapi.json says, or the test fails.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as z from 'zod';
import { createApi } from '../../lib/api/app.ts';
import type { ApiHost } from '../../lib/api/host.ts';
import { ALWAYS } from '../../lib/api/openapi.ts';
import type { Problem } from '../../lib/api/resources.ts';
import { ROUTES } from '../../lib/api/routes.ts';
import type { Schedule } from '../../lib/api/schedule.ts';
import { problemSchema } from '../../lib/api/schemas.ts';
import type { EmbeddedHost, EmbeddedOptions } from '../../lib/embedded/host.ts';
import { readKnownStores } from '../../lib/embedded/known-stores.ts';
import { UsageError } from '../../lib/stores/usage-error.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import { type Folders, givenFolders, givenHost } from './embedded-migration.ts';

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GivenApi {
  readonly folders: Folders;
  readonly host: ApiHost & EmbeddedHost;
  readonly fired: ReadonlyMap<string, Pick<Schedule, 'expression' | 'timeZone'>>;
  /** Everything that the API wrote, started or set, in words. */
  readonly effects: string[];
  readonly logged: { readonly message: string; readonly fields: object }[];
  call(method: string, path: string, options?: CallOptions): Promise<Called>;
  /** `POST /migrations` that must succeed; the id. */
  start(body: unknown): Promise<string>;
  ended(id: string): Promise<void>;
  /** Turns the clock on. */
  pass(ms: number): void;
  /** Migrations wait in Plan from now on, until they are let go. */
  hold(): void;
  letGo(): void;
}

type Cleanup = Parameters<typeof givenFolders>[0];

/** Stores `old`, `new` and `spare`, folders all of them. */
export const givenApi = async (t: Cleanup, options: EmbeddedOptions = {}): Promise<GivenApi> => {
  const folders = await givenFolders(t);
  let aheadMs = 0;
  let held: Promise<void> | undefined;
  let letGo = (): void => {};
  const Plan: typeof steps.Plan = async (input, context) => {
    await held;
    return steps.Plan(input, context);
  };
  const now = () => Date.now() + aheadMs;
  const logged: GivenApi['logged'] = [];
  const log = (message: string, fields: object = {}) => void logged.push({ message, fields });
  folders.closing.push(async () => letGo());
  const embedded = await givenHost(folders, { now, log, steps: { ...steps, Plan }, ...options });
  const effects: string[] = [];
  const fired: Map<string, Pick<Schedule, 'expression' | 'timeZone'>> = new Map();
  const { stateDir } = folders;
  const allow = [`old=${folders.source}`, `new=${folders.destination}`, `spare=${join(folders.root, 'spare')}`];
  const host: GivenApi['host'] = {
    ...embedded,
    records: {
      get: (pk, sk) => embedded.records.get(pk, sk),
      list: (pk, prefix) => embedded.records.list(pk, prefix),
      newest: (index, page) => embedded.records.newest(index, page),
      put: (document, expect) => {
        effects.push(`put ${document.pk} ${document.sk}`);
        return embedded.records.put(document, expect);
      },
      remove: (pk, sk) => {
        effects.push(`remove ${pk} ${sk}`);
        return embedded.records.remove(pk, sk);
      },
    },
    files: {
      ...embedded.files,
      write: (path, body) => {
        effects.push(`write ${path}`);
        return embedded.files.write(path, body);
      },
    },
    executions: {
      ...embedded.executions,
      start: (id) => {
        effects.push(`start ${id}`);
        return embedded.executions.start(id);
      },
    },
    stores: await readKnownStores({ cwd: folders.root, allow, stateDir, env: {} }),
    links: {
      to: async (path, { saveAs } = {}) => ({
        url: `https://links.example/${path}${saveAs === undefined ? '' : `?as=${saveAs}`}`,
        expiresAt: new Date(now() + 3_600_000).toISOString(),
      }),
    },
    scheduler: {
      set: async ({ name, expression, timeZone }) => {
        if (expression === 'rate(99 days)') throw new UsageError('The service does not take it.');
        effects.push(`set ${name}`);
        fired.set(name, { expression, timeZone });
      },
      unset: async (name) => {
        effects.push(`unset ${name}`);
        fired.delete(name);
      },
    },
  };
  const app = createApi(host, { version: '1.2.3' });

  const call: GivenApi['call'] = async (method, path, { body, text, headers = {} } = {}) => {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const json: Readonly<Record<string, string>> = sent === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers: { ...json, ...headers }, ...(sent === undefined ? {} : { body: sent }) };
    const response = await app.request(path, init);
    const answered = await response.text();
    const called = { status: response.status, headers: response.headers, text: answered, json: jsonOf(answered) };
    assertAsDocumented(method, path, called);
    return called;
  };
  const start = async (body: unknown): Promise<string> => {
    const { status, text, json } = await call('POST', '/migrations', { body });
    assert.equal(status, 202, text);
    return (json as { id: string }).id;
  };
  const ended = (id: string) => host.executions.finished(id);
  const hold = () => {
    const waiting = Promise.withResolvers<void>();
    held = waiting.promise;
    letGo = waiting.resolve;
  };
  const pass = (ms: number) => {
    aheadMs += ms;
  };
  return { folders, host, fired, effects, logged, call, start, ended, pass, hold, letGo: () => letGo() };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A refusal that changed nothing; its sentence. */
export const refusalOf = ({ status, headers, json }: Called, expected: number): Problem => {
  assert.equal(status, expected, JSON.stringify(json));
  assert.equal(headers.get('content-type'), 'application/problem+json');
  return json as Problem;
};

const assertAsDocumented = (method: string, path: string, { status, headers, text, json }: Called): void => {
  assert.equal(headers.get('cache-control'), 'no-store');
  const type = headers.get('content-type') ?? '';
  const route = ROUTES.find((one) => one.method === method.toLowerCase() && patternOf(one.path).test(pathOf(path)));
  if (status >= 400) {
    assert.equal(type, 'application/problem+json');
    const problem = strictly(problemSchema, json);
    assert.equal(problem.status, status);
    if (route) assert.ok([...route.problems, ...ALWAYS].includes(status), `${method} ${path} may not answer ${status}`);
  } else if (route) {
    const schema = route.answers[status];
    assert.ok(schema !== undefined, `${method} ${path} may not answer ${status}`);
    if (type.startsWith('text/html')) assert.ok(route.html);
    else if (typeof schema === 'string') assert.equal(text, '');
    else strictly(schema, json);
  }
};

const strictly = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const judged = schema.safeParse(value);
  assert.ok(judged.success, `${JSON.stringify(judged.error?.issues)} in ${JSON.stringify(value)}`);
  return judged.data;
};

const pathOf = (path: string): string => path.split('?')[0] ?? '';
const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
