// How fast requests leave and bytes pass: what the user allows, and what S3 takes. Where nothing is limited nothing waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { Rate } from './rate.ts';

/** Of one process; a second each. Absent: no limit. */
export interface PaceLimits {
  /** Requests to S3 stores, listings and every repetition included. */
  readonly requestsPerSecond?: number;
  /** Requests that write; Infinity: no limit. Absent: as it was. */
  readonly writesPerSecond?: number;
  /** Of pictures that pass through this process, each way. */
  readonly bytesPerSecond?: number;
}

export interface PaceParts {
  /** Shared by whoever writes to the same service from this process. */
  readonly writes?: Rate;
  /** ms; must never go back. */
  readonly now?: () => number;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** What a process may write in a burst after a pause: few enough that no second has many more than allowed. */
const WRITES_BURST_MS = 20;
const BYTES_BURST_MS = 100;
/** A timer takes no more. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

export const newWriteRate = (): Rate => new Rate(WRITES_BURST_MS);

export class Pace {
  private readonly requests = new Rate();
  private readonly read = new Rate(BYTES_BURST_MS);
  private readonly sent = new Rate(BYTES_BURST_MS);
  private readonly writes: Rate;
  private readonly now: () => number;
  private readonly wait: (ms: number) => Promise<unknown>;

  // The wall clock may be set back by an hour, and everybody would wait for that long.
  constructor({ writes = newWriteRate(), now = () => performance.now(), wait = sleep }: PaceParts = {}) {
    this.writes = writes;
    this.now = now;
    this.wait = wait;
  }

  limit({ requestsPerSecond, writesPerSecond, bytesPerSecond }: PaceLimits): void {
    this.requests.set(requestsPerSecond);
    if (writesPerSecond !== undefined) this.writes.set(writesPerSecond);
    this.read.set(bytesPerSecond);
    this.sent.set(bytesPerSecond);
  }

  get limitsBytes(): boolean {
    return this.read.isLimited;
  }

  /** Before every attempt; undefined: at once. */
  beforeRequest(method: string): Promise<void> | undefined {
    const now = this.now();
    const mine = this.requests.take(1, now);
    const isWrite = method !== 'GET' && method !== 'HEAD';
    return this.waitFor(isWrite ? Math.max(mine, this.writes.take(1, now)) : mine);
  }

  /** Before so many bytes of a picture are handed on from where they were read. */
  beforeReading(bytes: number): Promise<void> | undefined {
    return this.waitFor(this.read.take(bytes, this.now()));
  }

  /**
   * A body of so many bytes is sent after those that came before it: sent side by side, all would end together, and nothing
   * would be sent while the next ones are read. What is returned waits until the byte at an offset may leave.
   */
  sending(bytes: number): (offset: number) => Promise<void> | undefined {
    const now = this.now();
    const begins = now + this.sent.take(bytes, now);
    return (offset) => this.waitFor(begins + this.sent.duration(offset) - this.now());
  }

  private waitFor(ms: number): Promise<void> | undefined {
    return ms > 0 ? this.waitUntil(this.now() + ms) : undefined;
  }

  private async waitUntil(at: number): Promise<void> {
    // Timers count whole milliseconds, rounded down.
    for (let ms = at - this.now(); ms > 0; ms = at - this.now())
      await this.wait(Math.min(Math.ceil(ms), LONGEST_WAIT_MS));
  }
}
