// What Start accepts: a request whose stores are among the deployment's, or an earlier migration to go on from.
import * as z from 'zod';
import type { Side } from '../compare/entry.ts';
import { resolveStore, UsageError } from '../stores/address.ts';
import { checkPair } from '../stores/pair.ts';
import type { NamedStores } from '../stores/picferry-json.ts';
import type { S3Spec, StoreSpec } from '../stores/spec.ts';
import type { From, MigrationRequest } from '../workflow/request.ts';
import { requestSchema } from '../workflow/request-schema.ts';
import { type StartHost, type StartResult, startFrom, startMigration } from '../workflow/start.ts';

const fromSchema: z.ZodType<From> = z.strictObject({
  from: z.string().min(1),
  only: z.enum(['missing', 'failed']).default('missing'),
});

type Env = Readonly<Record<string, string | undefined>>;

export const start = async (input: unknown, host: StartHost, env: Env = process.env): Promise<StartResult> => {
  try {
    if (typeof input === 'object' && input !== null && 'from' in input) {
      return await startFrom(parsed(fromSchema, input), host);
    }
    const request = parsed(requestSchema, input);
    return await startMigration(allowedRequest(request, env), host);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: 'refused', status: 400, message: error.message };
  }
};

const parsed = <T>(schema: z.ZodType<T>, input: unknown): T => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new UsageError(`The request cannot be used:\n${z.prettifyError(result.error)}`);
};

/** Throws `UsageError` for a store that is none of the deployment's, and for two that do not make a pair. */
export const allowedRequest = (request: MigrationRequest, env: Env): MigrationRequest => {
  const stores = JSON.parse(env.ALLOWED_STORES ?? '{}') as NamedStores;
  const source = allowedStore(request.source, 'source', stores, env);
  const destination = allowedStore(request.destination, 'destination', stores, env);
  checkPair(source, destination);
  return { ...request, source, destination };
};

/**
 * A store of the deployment, whole or narrowed to a prefix below it. Endpoint, credentials and guarantees are the
 * deployment's: a request cannot bring its own.
 */
const allowedStore = (asked: StoreSpec, side: Side, stores: NamedStores, env: Env): S3Spec => {
  if (asked.type === 'folder')
    throw new UsageError(`The ${side} is a folder: a deployment does not see ${asked.path}.`);
  for (const name of Object.keys(stores)) {
    const own = resolveStore(name, { side, cwd: '/', env, stores });
    if (own.type === 's3' && isWithin(asked, own)) return { ...own, prefix: asked.prefix };
  }
  const names = Object.keys(stores).join(', ') || 'none';
  throw new UsageError(
    `The ${side} s3://${asked.bucket}/${asked.prefix} is none of this deployment's stores (${names}): ` +
      'name it in picferry.json and deploy again.',
  );
};

const isWithin = (asked: S3Spec, own: S3Spec): boolean =>
  asked.bucket === own.bucket &&
  asked.prefix.startsWith(own.prefix) &&
  (asked.name === undefined || asked.name === own.name) &&
  (asked.endpointUrl === undefined || asked.endpointUrl === own.endpointUrl);
