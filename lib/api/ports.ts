// The ports that only the API needs: links to report files, what fires schedules, which stores may be named.
import type { Side } from '../compare/entry.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Schedule } from './schedule.ts';

export interface Link {
  readonly url: string;
  /** ISO 8601: whoever comes later is refused (403). */
  readonly expiresAt: string;
}

/** Presigned by S3 (deployed) or signed by the server itself (embedded). */
export interface Links {
  /** Opens this report file over plain HTTP without other credentials. `saveAs`: what a browser saves it as; absent: it shows it. */
  to(path: string, options?: { readonly saveAs?: string }): Promise<Link>;
}

/** EventBridge Scheduler (deployed) or cron inside `serve` (embedded). It only fires; what to do then is in the records. */
export interface Scheduler {
  /** Fires this schedule from now on. Throws `UsageError` for an expression or time zone the service does not take. */
  set(schedule: Pick<Schedule, 'name' | 'expression' | 'timeZone'>): Promise<void>;
  /** Harmless where there is none. */
  unset(name: string): Promise<void>;
}

/** The allow-list: a request over HTTP names stores, and these are all there are. */
export interface KnownStores {
  readonly names: readonly string[];
  /** undefined: there is none of that name. */
  resolve(name: string, side: Side): StoreSpec | undefined;
  /** Throws `UsageError` where the two do not make a pair (lib/stores/pair.ts, with the state folder when embedded). */
  checkPair(source: StoreSpec, destination: StoreSpec): void;
}
