// Speaks HTTP with an API: time-outs, repeats where they are harmless, and errors that say what to do.
import pRetry from 'p-retry';
import type { Problem } from '../api/resources.ts';
import { printable } from '../report/printable.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { Credentials } from './api-credentials.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the API's URL: `/migrations`; its parts are encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** What must not be done twice, and has no Idempotency-Key. */
  readonly onlyOnce?: true;
}

/** The API said no: nothing was started. Its sentence is the message (exit 2). */
export class ApiRefusal extends UsageError {
  readonly status: number;
  /** Absent where something else than Picferry's API answered. */
  readonly problem: Partial<Problem> | undefined;
  constructor(message: string, status: number, problem?: Partial<Problem>) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

/** No answer, or none that means anything, however often it was asked (exit 3). */
export class Unreachable extends Error {
  override name = 'Unreachable';
}

export interface ClientSettings {
  /** Repeats after the first attempt. */
  readonly retries: number;
  /** Before the first repeat; doubled with each. */
  readonly retryDelayMs: number;
  readonly timeoutMs: number;
}

/** API Gateway itself gives up after 30 s. */
const SETTINGS: ClientSettings = { retries: 4, retryDelayMs: 200, timeoutMs: 30_000 };

export type ApiClient = (request: ApiRequest) => Promise<unknown>;

export const createApiClient = (credentials: Credentials, settings: Partial<ClientSettings> = {}): ApiClient => {
  const { retries, retryDelayMs, timeoutMs } = { ...SETTINGS, ...settings };
  return (request) =>
    pRetry(() => ask(request, credentials, timeoutMs), {
      retries: request.onlyOnce ? 0 : retries,
      minTimeout: retryDelayMs,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof Unreachable,
    });
};

const ask = async (request: ApiRequest, credentials: Credentials, timeoutMs: number): Promise<unknown> => {
  const url = urlOf(request, credentials.url);
  const { method, idempotencyKey } = request;
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = await credentials.authorize({
    method,
    url,
    headers: {
      accept: 'application/json',
      'user-agent': 'picferry',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const answer = await fetchText(url, { method, headers, ...(body === undefined ? {} : { body }) }, timeoutMs);
  return judged(answer, url, credentials);
};

const urlOf = ({ path, query = {} }: ApiRequest, base: URL): URL => {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
};

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Redirects are not followed: whoever sends one elsewhere must not get a token or a signature. */
const fetchText = async (url: URL, init: RequestInit, timeoutMs: number): Promise<Answer> => {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, text: await textOf(response) };
  } catch (error) {
    throw new Unreachable(`${url.origin} cannot be reached: ${causeOf(error as Error, timeoutMs)}`);
  }
};

/** A page of a hundred migrations takes a tenth. What came compressed is counted as it is unpacked. */
const ANSWER_MAX_BYTES = 8 * 1024 * 1024;

const textOf = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > ANSWER_MAX_BYTES) throw new Error(`it answered with more than ${ANSWER_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** `fetch failed` says nothing; what it is caused by does. */
const causeOf = (error: Error, timeoutMs: number): string => {
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`;
  const { cause } = error as { cause?: unknown };
  if (!(cause instanceof Error)) return error.message;
  const [first] = cause instanceof AggregateError ? (cause.errors as Error[]) : [];
  return cause.message || first?.message || (cause as NodeJS.ErrnoException).code || error.message;
};

const judged = ({ status, text }: Answer, url: URL, credentials: Credentials): unknown => {
  const parsed = parsedJson(text);
  if (status >= 200 && status < 300) {
    if (parsed !== undefined || status === 204) return parsed;
    throw new Unreachable(`${url.origin} answered something else than Picferry's API does: is the URL right?`);
  }
  const problem = parsed as Partial<Problem> | undefined;
  const detail = typeof problem?.detail === 'string' ? printable(problem.detail) : undefined;
  if (status === 429 || status >= 500) {
    throw new Unreachable(`${url.origin} answered ${status}${detail ? `: ${detail}` : ''}; try again in a while`);
  }
  // The API's own 403 is about store names; without a problem it was whoever guards the API.
  if (status === 401 || (status === 403 && detail === undefined)) {
    const said = detail ?? gatewayMessage(parsed);
    throw new ApiRefusal(
      `${url.origin} refuses ${credentials.describe()} (${status}${said ? `: ${said}` : ''}): ${credentials.wayOut}`,
      status,
    );
  }
  if (detail !== undefined) throw new ApiRefusal(detail, status, problem);
  throw new ApiRefusal(`${url.href} answered ${status}: is it the URL of Picferry's API?`, status);
};

/** API Gateway writes it small or large, as it denies by a policy or by itself. */
const gatewayMessage = (parsed: unknown): string | undefined => {
  const { message, Message } = (parsed ?? {}) as Readonly<Record<string, unknown>>;
  const said = message ?? Message;
  return typeof said === 'string' ? printable(said) : undefined;
};

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
