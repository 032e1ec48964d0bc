// Starts what a request asks for, over HTTP, by a schedule or by Start itself: once, however often it is repeated.

import { requestFrom } from '../workflow/from.ts';
import { readMigration } from '../workflow/record.ts';
import type { MigrationRequest } from '../workflow/request.ts';
import { settleIfDead } from '../workflow/settle.ts';
import { finishStarting, NOT_STARTED, newId, type StartHost, startMigration } from '../workflow/start.ts';
import type { MigrationBody } from './bodies.ts';
import { hashOf, release, reserve, takenBy, whatBecameOf } from './idempotency.ts';
import { knownPair, namedPair } from './named-pair.ts';
import { parsedMigration } from './parsed.ts';
import type { KnownStores } from './ports.ts';
import { isRefusal, type Refusal, refused } from './refusal.ts';

export interface RequestHost extends StartHost {
  readonly stores: KnownStores;
}

export type Requested =
  /** `replayed`: an earlier request with this key started it, whatever has become of it since. */
  | { readonly kind: 'started'; readonly id: string; readonly replayed: boolean }
  /** That migration holds the pair's lock. */
  | { readonly kind: 'busy'; readonly id: string }
  | Refusal;

/** `body` is what was sent, of any shape. The same key and body within 24 hours: the first migration's id again. */
export const startRequested = async (
  body: unknown,
  { idempotencyKey }: { readonly idempotencyKey?: string },
  host: RequestHost,
): Promise<Requested> => {
  const understood = parsedMigration(body);
  if (isRefusal(understood)) return understood;
  return idempotencyKey === undefined
    ? startOnce(understood, newId(host.now()), host)
    : startUnderKey(understood, idempotencyKey, host);
};

const startUnderKey = async (body: MigrationBody, key: string, host: RequestHost): Promise<Requested> => {
  const bodyHash = hashOf(body);
  for (;;) {
    const taken = await takenBy(key, host);
    if (taken && taken.bodyHash !== bodyHash) return otherBody();
    const became = taken && (await whatBecameOf(key, taken, host));
    if (became === 'released') continue;
    if (taken && became === 'started') {
      await finishStarting(taken.migrationId, host);
      if (!(await neverRan(taken.migrationId, host))) return { kind: 'started', id: taken.migrationId, replayed: true };
      // Whoever repeats a request that could not be started wants it started.
      await release(key, taken.migrationId, host);
      continue;
    }
    // Judged before the key is reserved: what is refused writes nothing.
    const request = await requestOf(body, host);
    if (isRefusal(request)) return request;
    const id = taken?.migrationId ?? newId(host.now());
    if (!taken && !(await reserve(key, bodyHash, id, host))) continue;
    const result = await startAs(request, id, host);
    if (result.kind !== 'started') await release(key, id, host);
    return result;
  }
};

const neverRan = async (id: string, { records }: RequestHost): Promise<boolean> =>
  (await readMigration(records, id))?.cause === NOT_STARTED;

const otherBody = (): Refusal =>
  refused(
    422,
    'This Idempotency-Key came with another body within 24 hours: send the same body again, or another key.',
  );

const startOnce = async (body: MigrationBody, id: string, host: RequestHost): Promise<Requested> => {
  const request = await requestOf(body, host);
  return isRefusal(request) ? request : startAs(request, id, host);
};

const startAs = async (request: MigrationRequest, id: string, host: RequestHost): Promise<Requested> => {
  const result = await startMigration(request, host, { id });
  return result.kind === 'started' ? { ...result, replayed: false } : result;
};

const requestOf = async (body: MigrationBody, host: RequestHost): Promise<MigrationRequest | Refusal> => {
  if (!('from' in body)) {
    const { mode, options } = body;
    const pair = namedPair(body, host.stores);
    return isRefusal(pair) ? pair : { mode, ...pair, options };
  }
  // One whose process has died would be "still running" otherwise.
  const earlier = await readMigration(host.records, body.from);
  if (earlier) await settleIfDead(earlier, host);
  let unknown: Refusal | undefined;
  const found = await requestFrom(body, host, ({ source, destination }) => {
    const pair = knownPair({ source, destination }, host.stores);
    if (!isRefusal(pair)) return pair;
    unknown = pair;
    return { refusal: pair.message };
  });
  if (found.kind === 'request') return found.request;
  const { status, message } = found;
  return unknown ?? refused(status, message, status === 409 ? body.from : undefined);
};
