// What the parts of the deployment's test share: one emulator that enforces role policies, one deployment in it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { MigrationDetail, ReportView } from '../../../lib/api/resources.ts';
import type { Deployment } from '../../support/deploy.ts';
import type { Emulator } from '../../support/emulator.ts';

export interface Given {
  readonly emulator: Emulator;
  readonly deployment: Deployment;
  readonly s3: S3Client;
}

/** Stores of the deployment: pairs that no other part uses, so that parts may run side by side. */
export const STORES: Readonly<Record<string, { readonly bucket: string }>> = Object.fromEntries(
  [
    'old',
    'new',
    'cancelled-old',
    'cancelled-new',
    'stopped-old',
    'stopped-new',
    'nightly-old',
    'nightly-new',
    'cli-old',
    'cli-new',
    'killed-old',
    'killed-new',
    'flaky-new',
  ].map((name) => [name, { bucket: `deployed-${name}` }]),
);

export const post = async (given: Given, path: string, body: unknown, headers: Record<string, string> = {}) =>
  given.deployment.call('POST', path, {
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

export const start = async (given: Given, body: unknown, headers: Record<string, string> = {}): Promise<string> => {
  const answer = await post(given, '/migrations', body, headers);
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`${answer.status} ${text}`);
  return (JSON.parse(text) as { id: string }).id;
};

export const get = async <T>(given: Given, path: string): Promise<T> => {
  const answer = await given.deployment.call('GET', path);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
};

export const detailOf = (given: Given, id: string): Promise<MigrationDetail> => get(given, `/migrations/${id}`);
export const reportOf = (given: Given, id: string): Promise<ReportView> => get(given, `/migrations/${id}/report`);

/** Polls until `isSo`; the last answer. Every answer on the way must be 200. */
export const until = async (
  given: Given,
  id: string,
  isSo: (detail: MigrationDetail) => boolean,
  seconds = 150,
): Promise<MigrationDetail> => {
  let detail = await detailOf(given, id);
  for (let tries = 0; !isSo(detail); tries++) {
    if (tries >= seconds * 4) {
      throw new Error(`Migration ${id}: ${JSON.stringify(detail)}\n${(await given.emulator.log()).slice(-5_000)}`);
    }
    await sleep(250);
    detail = await detailOf(given, id);
  }
  return detail;
};

export const hasEnded = ({ status }: MigrationDetail): boolean => status !== 'running' && status !== 'stopping';

/** A request body for `POST /migrations`. */
export const sync = (source: string, destination: string, options: object = {}) => ({
  source,
  destination,
  mode: 'sync',
  options,
});
