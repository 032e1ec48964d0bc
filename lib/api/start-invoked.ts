// What the function Start is invoked with: a schedule that fires, or a body as POST /migrations takes it.
import * as z from 'zod';
import { type Fired, fireSchedule } from './fire-schedule.ts';
import { parsed } from './parsed.ts';
import { isRefusal } from './refusal.ts';
import { type RequestHost, startRequested } from './start-requested.ts';

const firingSchema = z.strictObject({
  schedule: z.string(),
  executionId: z.string().min(1).max(1_024),
  at: z.string().optional(),
});

const keySchema = z.looseObject({ idempotencyKey: z.string().min(1).max(255).optional() });

/** `invocationId` is the same whenever this invocation is repeated. */
export const startInvoked = async (input: unknown, invocationId: string, host: RequestHost): Promise<Fired> => {
  const fired =
    typeof input === 'object' && input !== null && 'schedule' in input
      ? await fire(input, invocationId, host)
      : await start(input, invocationId, host);
  // Nobody reads what a schedule's invocation answers.
  if (fired.kind === 'refused') host.log('refused', { status: fired.status, message: fired.message });
  return fired;
};

const fire = async (input: object, invocationId: string, host: RequestHost): Promise<Fired> => {
  const firing = parsed(firingSchema, input);
  if (isRefusal(firing)) return firing;
  const { schedule, executionId, at } = firing;
  // A service that does not know the placeholder passes it on as it stands: the same for every firing.
  const id = executionId.startsWith('<') ? invocationId : executionId;
  return fireSchedule({ schedule, executionId: id, ...(at === undefined ? {} : { at }) }, host);
};

const start = async (input: unknown, invocationId: string, host: RequestHost): Promise<Fired> => {
  const keyed = parsed(keySchema, input);
  if (isRefusal(keyed)) return keyed;
  // Lambda repeats an invocation that broke; no header holds a line feed, so that no key of a request can be this one.
  const { idempotencyKey = `invocation\n${invocationId}`, ...body } = keyed;
  return startRequested(body, { idempotencyKey }, host);
};
