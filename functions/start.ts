// Lambda: starts what a schedule or whoever invokes it asks for, or says why not; whatever else goes wrong is thrown, so that Lambda tries again.

import type { Fired } from '../lib/api/fire-schedule.ts';
import { startInvoked } from '../lib/api/start-invoked.ts';
import { apiHostOf } from '../lib/deployed/api-host.ts';
import { handle } from './handler.ts';

export const handler = handle<unknown, Fired>((input, { host, awsRequestId }) =>
  startInvoked(input, awsRequestId, apiHostOf(host)),
);
