// Lambda: starts a migration, or says why not.
import { start } from '../lib/deployed/start-request.ts';
import type { StartResult } from '../lib/workflow/start.ts';
import { handle } from './handler.ts';

export const handler = handle<unknown, StartResult>((input, { host }) => start(input, host));
