// Errors as application/problem+json: what is wrong and what to do, and nothing about the inside.
import { STATUS_CODES } from 'node:http';
import type { Refusal } from './refusal.ts';
import type { Problem } from './resources.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export const problem = (status: number, detail: string, migrationId?: string): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  ...(migrationId === undefined ? {} : { migrationId }),
});

export const problemOf = ({ status, message, migrationId }: Refusal): Problem => problem(status, message, migrationId);

export const problemResponse = (what: Problem, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(what), { status: what.status, headers: { 'content-type': PROBLEM_TYPE, ...headers } });

/** A service did not answer, however often it was asked: it may in a while. Everything else is a mistake of ours. */
export const unexpected = (error: Error): Problem =>
  error.name === 'StoreUnavailable'
    ? problem(503, 'A service that Picferry works with did not answer. Try again in a minute.')
    : problem(
        500,
        'Something went wrong here, and the log says what. Try again; a repeated Idempotency-Key starts nothing twice.',
      );
