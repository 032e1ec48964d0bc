// Lambda: closes migrations that were killed from outside, told by an event or found by the sweep.
import { type SettleEvent, settleEvent } from '../lib/deployed/settling.ts';
import { handle } from './handler.ts';

/** Longer than any execution can have run. */
const oldestMs = (Number(process.env.MACHINE_TIMEOUT_SECONDS) + 86_400) * 1000;

export const handler = handle<SettleEvent, { readonly settled: readonly string[] }>(
  async (event, { host, getRemainingTimeInMillis: remainingMs }) => ({
    settled: await settleEvent(event, host, { oldestMs, remainingMs }),
  }),
  ({ detail }) => detail?.name,
);
