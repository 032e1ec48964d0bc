// Follows a migration from its start to its end: shows progress, and turns the first Ctrl-C into a cancel.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedHost } from '../embedded/host.ts';
import { cancelMigration } from '../workflow/cancel.ts';
import { readProgress } from '../workflow/progress.ts';
import type { MigrationRecord } from '../workflow/record.ts';
import { settle } from '../workflow/settle.ts';
import type { StartResult } from '../workflow/start.ts';
import { EXIT } from './exit.ts';
import { createProgressDisplay, type ProgressDisplay } from './progress-display.ts';

type Refusal = Exclude<StartResult, { readonly kind: 'started' }>;

export const follow = async (
  host: EmbeddedHost,
  start: () => Promise<StartResult>,
): Promise<MigrationRecord | { readonly refusal: Refusal }> => {
  const display = createProgressDisplay(process.stderr, process.env);
  const interrupts = listenForInterrupts(display);
  try {
    const started = await start();
    if (started.kind !== 'started') return { refusal: started };
    const { id } = started;
    interrupts.whenAsked(() => cancelMigration(id, host));
    const over = host.executions.finished(id);
    await showUntil(over, id, host, display);
    await interrupts.done();
    // Closes what did not close itself: a cancelled execution stops between two commits.
    const ended = await settle(id, host);
    if (!ended) throw new Error(`The record of migration ${id} is gone.`);
    return ended;
  } finally {
    display.end();
    interrupts.ignore();
  }
};

const showUntil = async (
  over: Promise<void>,
  id: string,
  host: EmbeddedHost,
  display: ProgressDisplay,
): Promise<void> => {
  const ended = new AbortController();
  const end = over.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    // Nothing to show of what is over in a moment; and the loop must not keep a migration waiting.
    await sleep(display.everyMs, undefined, { signal: ended.signal }).catch(() => {});
    if (ended.signal.aborted) break;
    // What cannot be shown this time is shown the next time: a picture is worth more than its progress line.
    const progress = await readProgress(host, id).catch(() => undefined);
    if (progress && !ended.signal.aborted) display.show(progress);
  }
  await end;
};

const listenForInterrupts = (display: ProgressDisplay) => {
  let asked = false;
  let cancel: (() => Promise<unknown>) | undefined;
  let cancelling: Promise<unknown> = Promise.resolve();
  const cancelNow = (): void => {
    cancelling = cancel?.() ?? cancelling;
    // `done` tells; until then nobody waits for it, and that is no unhandled rejection.
    cancelling.catch(() => {});
  };
  const onSignal = () => {
    if (asked) {
      display.end();
      process.exit(EXIT.interrupted);
    }
    asked = true;
    display.say('Cancelling: what is being copied is finished or left out whole. Once more to leave at once.');
    cancelNow();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    /** Whoever was impatient before the start had an id is heard now. */
    whenAsked: (then: () => Promise<unknown>): void => {
      cancel = then;
      if (asked) cancelNow();
    },
    done: () => cancelling,
    ignore: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
};

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
