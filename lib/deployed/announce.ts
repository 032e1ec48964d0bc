// Tells EventBridge that a migration has ended: rules of the account pass it on to whoever waits for it.
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Announcer } from '../workflow/ports.ts';
import { orUnavailable } from './transient.ts';

/** What rules match on; lib/infra and people's own rules name them. */
const SOURCE = 'picferry';
const DETAIL_TYPE = 'Picferry Migration Ended';

/** `client` is for tests; by default one is made of the environment. */
export const createAnnouncer = (client: EventBridgeClient = new EventBridgeClient({})): Announcer => ({
  announce: async (ended) => {
    const Entries = [{ Source: SOURCE, DetailType: DETAIL_TYPE, Detail: JSON.stringify(ended) }];
    const { FailedEntryCount = 0, Entries: answers } = await orUnavailable(
      client.send(new PutEventsCommand({ Entries })),
    );
    // The call succeeds also where the event did not.
    if (FailedEntryCount === 0) return;
    const { ErrorCode = 'no reason given', ErrorMessage = '' } = answers?.[0] ?? {};
    throw new Error(`EventBridge did not take the event: ${ErrorCode} ${ErrorMessage}`.trim());
  },
});
