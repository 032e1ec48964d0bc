// What the API needs beside what every function has: stores by name, links, schedules. Loaded by the first call of each.
import type { ApiHost } from '../api/host.ts';
import type { Links, Scheduler } from '../api/ports.ts';
import type { DeployedHost, Env } from './host.ts';
import { s3ClientConfig } from './host.ts';
import { knownStoresOf } from './known-stores.ts';
import type { SigningKeys } from './links.ts';
import { once } from './once.ts';

export const apiHostOf = (host: DeployedHost, env: Env = process.env): ApiHost => ({
  ...host,
  stores: knownStoresOf(host.configuration.ALLOWED_STORES, env),
  links: linksOf(host, env),
  scheduler: schedulerOf(host),
});

const linksOf = ({ configuration, now }: DeployedHost, env: Env): Links => {
  const { REPORTS_BUCKET: bucket, LINK_SECONDS: linkSeconds, LINK_ROLE_ARN: role } = configuration;
  const load = once(async () => {
    const { createPresignedLinks } = await import('./links.ts');
    return createPresignedLinks({ bucket, linkSeconds, now, keys: await keysOf(role), client: s3ClientConfig(env) });
  });
  return { to: async (path, options) => (await load()).to(path, options) };
};

/** A role assumed from a Lambda's own lends its keys for an hour at most. */
const ROLE_SECONDS = 3_600;

const keysOf = async (role: string | undefined): Promise<() => Promise<SigningKeys>> => {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  if (role === undefined) return fromNodeProviderChain();
  return fromTemporaryCredentials({
    params: { RoleArn: role, RoleSessionName: 'picferry-links', DurationSeconds: ROLE_SECONDS },
  });
};

const schedulerOf = ({ configuration }: DeployedHost): Scheduler => {
  const load = once(async () => {
    const { SCHEDULE_GROUP, SCHEDULER_ROLE_ARN, START_FUNCTION_ARN, DEAD_LETTER_QUEUE_ARN } = configuration;
    if (!SCHEDULE_GROUP || !SCHEDULER_ROLE_ARN || !START_FUNCTION_ARN || !DEAD_LETTER_QUEUE_ARN)
      throw new Error('This function has no SCHEDULE_GROUP, or not all that belongs to it: it sets no schedules.');
    const { createEventBridgeScheduler } = await import('./event-bridge-scheduler.ts');
    return createEventBridgeScheduler({
      group: SCHEDULE_GROUP,
      roleArn: SCHEDULER_ROLE_ARN,
      startFunctionArn: START_FUNCTION_ARN,
      deadLetterQueueArn: DEAD_LETTER_QUEUE_ARN,
    });
  });
  return {
    set: async (schedule) => (await load()).set(schedule),
    unset: async (name) => (await load()).unset(name),
  };
};
