// A schedule: what is asked for again and again, when, and what became of it the last times.
import type { Document } from '../workflow/ports.ts';
import type { PairBody } from './bodies.ts';

/** What became of one firing. ISO 8601 in UTC. */
export type ScheduleRun =
  | { readonly at: string; readonly outcome: 'started'; readonly migrationId: string }
  /** Its pair was busy with that migration. */
  | { readonly at: string; readonly outcome: 'skipped'; readonly migrationId: string }
  | { readonly at: string; readonly outcome: 'refused'; readonly message: string };

export interface Schedule {
  /** `[A-Za-z0-9_-]{1,64}`, unique. */
  readonly name: string;
  /** `rate(5 minutes)` or `cron(minute hour day-of-month month day-of-week year)`, as EventBridge Scheduler reads them. */
  readonly expression: string;
  /** IANA name; `UTC` by default. */
  readonly timeZone: string;
  readonly request: PairBody;
  readonly createdAt: string;
  /** The last 20, newest first. */
  readonly runs: readonly ScheduleRun[];
}

/** As the API shows it. */
export interface ScheduleView extends Schedule {
  /** When it is due next; absent: never again. */
  readonly nextAt?: string;
}

export interface ScheduleDocument extends Document, Schedule {
  readonly pk: 'schedules';
  /** The name. */
  readonly sk: string;
  readonly version: number;
}
