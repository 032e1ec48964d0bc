// One request to the API and its answer, in the API's own terms: what handlers work with.
import type { ApiHost } from './host.ts';
import type { Refusal } from './refusal.ts';

export interface Call {
  readonly host: ApiHost;
  /** Where the API begins: '' or `/v1`. */
  readonly basePath: string;
  /** A part of the path, decoded; '' where the route has none of that name. */
  part(name: string): string;
  /** Judged by the route's own shape. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed JSON of any shape; undefined where the route takes none. */
  readonly body: unknown;
  readonly idempotencyKey?: string;
  /** A browser asks. */
  readonly prefersHtml: boolean;
}

export interface Answer {
  readonly status: 200 | 201 | 202 | 204 | 303;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is instead. */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Promise<Answer | Refusal>;
