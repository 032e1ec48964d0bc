// Schedules embedded: they stand in the records, and `serve` looks at them every few seconds and fires what is due.
// Looking again and again is what makes it right: schedules come and go by other processes, clocks are set, and machines sleep.
import { setTimeout as sleep } from 'node:timers/promises';
import { type DueTimes, parseExpression } from '../api/expression.ts';
import type { Firing } from '../api/fire-schedule.ts';
import type { Scheduler } from '../api/ports.ts';
import type { Schedule, ScheduleDocument } from '../api/schedule.ts';
import { noteRun } from '../api/schedules.ts';
import type { Records } from '../workflow/ports.ts';

/** Nothing but the records has to be told: `serve` looks there, in whichever process a schedule was added. */
export const storedScheduler: Scheduler = {
  set: async ({ expression, timeZone }) => {
    parseExpression(expression, timeZone);
  },
  unset: async () => {},
};

export interface CronHost {
  readonly records: Records;
  now(): number;
  fire(firing: Firing): Promise<unknown>;
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Between attempts. */
  readonly againMs?: number;
}

export interface Cron {
  /** Fires what is due from now on; what was due before is not caught up. */
  start(): void;
  /** One look at the clock and the schedules; returns when the next one is due, ms. */
  look(): Promise<number>;
  /** Fires nothing more, and waits for what is being fired. */
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 2_000;
/** Later than that (the machine slept, the process was stopped) a due time is over, as it is while nothing serves. */
const LATE_MS = 60_000;
const ATTEMPTS = 3;

interface Watched {
  readonly name: string;
  readonly due: DueTimes;
  /** undefined: never again. */
  nextMs: number | undefined;
}

export const createCron = ({ records, now, fire, log, againMs = LOOK_EVERY_MS }: CronHost): Cron => {
  let watched = new Map<string, Watched>();
  const firing = new Set<Promise<void>>();
  let lookedAtMs = now();
  let timer: NodeJS.Timeout | undefined;
  const closing = new AbortController();
  let closed = false;

  const look = async (): Promise<number> => {
    const nowMs = now();
    // Set back: what was worked out for later is due again, and firing the same time twice starts nothing twice.
    if (nowMs < lookedAtMs) watched.clear();
    const sinceMs = Math.min(lookedAtMs, nowMs);
    const found = new Map<string, Watched>();
    for await (const schedule of records.list<ScheduleDocument>('schedules', '')) {
      const key = keyOf(schedule);
      const one = watched.get(key) ?? watch(schedule, sinceMs);
      if (one) found.set(key, one);
    }
    watched = found;
    lookedAtMs = nowMs;
    for (const [key, one] of watched) if (!closed) fireIfDue(key, one, nowMs);
    const soonest = Math.min(...[...watched.values()].map(({ nextMs }) => nextMs ?? Number.POSITIVE_INFINITY));
    return Math.max(0, Math.min(soonest - now(), LOOK_EVERY_MS));
  };

  const watch = ({ name, expression, timeZone, createdAt }: Schedule, sinceMs: number): Watched | undefined => {
    try {
      const createdAtMs = Date.parse(createdAt);
      const due = parseExpression(expression, timeZone, createdAtMs);
      return { name, due, nextMs: due.next(Math.max(sinceMs, createdAtMs)) };
    } catch (error) {
      log('a schedule cannot be read', { schedule: name, message: (error as Error).message });
      return undefined;
    }
  };

  const fireIfDue = (key: string, one: Watched, nowMs: number): void => {
    const dueMs = one.nextMs;
    if (dueMs === undefined || dueMs > nowMs) return;
    one.nextMs = one.due.next(nowMs);
    const at = new Date(dueMs).toISOString();
    if (nowMs - dueMs > LATE_MS) log('a due time was missed', { schedule: one.name, due: at });
    else begin({ schedule: one.name, executionId: `${key} ${at}`, at });
  };

  const begin = (what: Required<Firing>): void => {
    const work = fireAgain(what).finally(() => firing.delete(work));
    firing.add(work);
  };

  /** What broke off (a full disk, a busy file) is tried again under the same id, which starts nothing twice. */
  const fireAgain = async (what: Required<Firing>): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await fire(what);
        return;
      } catch (error) {
        log('a schedule did not fire', { ...what, attempt, message: (error as Error).message });
        if (attempt === ATTEMPTS) return noteFailure(what, error as Error);
        await sleep(againMs, undefined, { signal: closing.signal }).catch(() => {});
        if (closed) return;
      }
    }
  };

  /** Whoever looks at the schedule sees that it was due and why nothing came of it. */
  const noteFailure = async ({ schedule, at }: Required<Firing>, { message: cause }: Error): Promise<void> => {
    const message = `It could not be started, ${ATTEMPTS} times: ${cause}`;
    await noteRun({ records }, schedule, { at, outcome: 'refused', message }).catch((error: Error) =>
      log('a run could not be noted', { schedule, message: error.message }),
    );
  };

  const goOn = async (): Promise<void> => {
    const waitMs = await look().catch((error: unknown) => {
      log('schedules cannot be read', { message: (error as Error).message });
      return LOOK_EVERY_MS;
    });
    if (!closed) timer = setTimeout(goOn, waitMs);
  };

  return {
    start: () => {
      lookedAtMs = now();
      void goOn();
    },
    look,
    close: async () => {
      closed = true;
      closing.abort();
      clearTimeout(timer);
      await Promise.all(firing);
    },
  };
};

/** Removed and added again under its name, it is another one. */
const keyOf = ({ name, expression, timeZone, createdAt }: Schedule): string =>
  [name, createdAt, expression, timeZone].join(' ');
