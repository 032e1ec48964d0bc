// Keys of an S3-compatible service, as a secret of Secrets Manager holds them. What is in a secret is never shown.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { StoreRefused, StoreUnavailable } from '../stores/errors.ts';
import type { ServiceKeys } from '../stores/open-store.ts';
import { orUnavailable } from './transient.ts';

const keysSchema = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).optional(),
});

const SHAPE = '{"accessKeyId": "…", "secretAccessKey": "…"}, and "sessionToken" where the keys are temporary';

/**
 * Asks at every call: each store keeps its keys and asks again when the service refuses them, so that a secret that
 * was rotated is read anew. Throws `StoreRefused` or `StoreUnavailable`, naming the secret.
 */
export const createSecretKeys =
  (client: SecretsManagerClient = new SecretsManagerClient({})) =>
  async (name: string): Promise<ServiceKeys> => {
    const judged = keysSchema.safeParse(asJson(await textOf(name, client)));
    if (!judged.success) throw new StoreRefused(`the secret "${name}" holds no keys: put ${SHAPE} into it`);
    const { sessionToken, ...keys } = judged.data;
    return sessionToken === undefined ? keys : { ...keys, sessionToken };
  };

const textOf = async (name: string, client: SecretsManagerClient): Promise<string> => {
  try {
    const { SecretString = '' } = await orUnavailable(client.send(new GetSecretValueCommand({ SecretId: name })));
    return SecretString;
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    const { name: code, message } = error as Error;
    throw new StoreRefused(`the secret "${name}" cannot be read: ${code} (${message}); ${wayOut(code)}`);
  }
};

const wayOut = (code: string): string =>
  code === 'ResourceNotFoundException'
    ? 'create it in this region, or name another one in picferry.json and deploy again'
    : 'deploy again after naming it in picferry.json, and check its policy and its KMS key';

/** A parser's error would quote what it could not read. */
const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
