// Follows a migration that runs somewhere else, in another process or behind an API: Ctrl-C leaves it running.
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '../workflow/record.ts';
import { EXIT } from './exit.ts';
import { createProgressDisplay, type ProgressDisplay } from './progress-display.ts';
import { quoted } from './quoted.ts';
import type { Service, Started } from './service.ts';

/** A laptop that slept, an API that is being updated: a migration of hours is worth waiting for. */
const FAILURES_IN_A_ROW = 20;
/** Small migrations end in a moment. */
const FIRST_MS = 200;

/** Resolves when it has ended, or to what stands in the way of starting it. */
export const followThere = async (service: Service, start: () => Promise<Started>): Promise<Started> => {
  const display = createProgressDisplay(process.stderr, process.env);
  const leaving = listenForLeaving(service, display);
  try {
    const started = await start();
    if (started.kind === 'busy') return started;
    leaving.knows(started.id);
    await showUntilEnd(started.id, service, display);
    return started;
  } finally {
    display.end();
    leaving.ignore();
  }
};

const showUntilEnd = async (id: string, service: Service, display: ProgressDisplay): Promise<void> => {
  const everyMs = Math.max(display.everyMs, service.askEveryMs);
  let failures = 0;
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(everyMs, waitMs * 2)) {
    try {
      const { status, progress } = await service.migration(id);
      failures = 0;
      if (hasEnded(status)) return;
      display.show(progress);
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'Unreachable') throw error;
      if (++failures >= FAILURES_IN_A_ROW) throw new Error(`${message}. ${goesOn(id, service)}`);
    }
    await sleep(waitMs);
  }
};

const goesOn = (id: string, { where, flags }: Service): string =>
  `Migration ${id} goes on ${where}; "picferry watch ${quoted(id)}${flags}" follows it, "picferry cancel ${quoted(id)}${flags}" stops it.`;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const listenForLeaving = (service: Service, display: ProgressDisplay) => {
  let id: string | undefined;
  let asked = false;
  const leave = (line: string): never => {
    display.say(line);
    process.exit(EXIT.interrupted);
  };
  const onSignal = (): void => {
    if (id !== undefined) leave(goesOn(id, service));
    if (asked) leave(`It may have been started ${service.where}; "picferry list${service.flags}" tells.`);
    asked = true;
    display.say('Waiting for the answer, to know what was started. Once more to leave at once.');
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    knows: (known: string): void => {
      id = known;
      if (asked) leave(goesOn(known, service));
    },
    ignore: (): void => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
};
