// What an error answer teaches about ourselves: the bucket's region, the right time, that keys have expired. Each once a request.
import { clockTime } from './facts.ts';
import type { S3Failure } from './failure.ts';
import { textOf } from './xml.ts';

export interface Refusal {
  readonly failure: S3Failure;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's body. */
  readonly text: string;
}

export interface Repair {
  readonly region?: string;
  /** The server's clock, ms. */
  readonly serverClock?: number;
  readonly freshCredentials?: true;
}

/** S3 accepts 15 minutes. A HEAD that was refused for its time says so by nothing but its own Date. */
const NOTABLE_SKEW_MS = 10 * 60_000;

export class Repairs {
  private readonly tried = new Set<keyof Repair>();

  find(refusal: Refusal, own: { readonly region: string; readonly clock: number }): Repair | undefined {
    const { status } = refusal.failure;
    if (status === undefined || status < 300 || status >= 500) return undefined;
    const region = regionIn(refusal);
    if (region !== undefined && region !== own.region && this.firstTime('region')) return { region };
    const serverClock = serverClockIn(refusal, own.clock);
    if (serverClock !== undefined && this.firstTime('serverClock')) return { serverClock };
    if (mayBeExpired(refusal.failure) && this.firstTime('freshCredentials')) return { freshCredentials: true };
    return undefined;
  }

  private firstTime(what: keyof Repair): boolean {
    const first = !this.tried.has(what);
    this.tried.add(what);
    return first;
  }
}

/** Keys of a secret end without a date: whoever rotates them deletes the old ones. */
const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'TokenRefreshRequired', 'InvalidAccessKeyId']);

/** A HEAD has no code, only the status that expired credentials get. */
const mayBeExpired = ({ status, code, operation }: S3Failure): boolean =>
  EXPIRED.has(code) || (operation === 'HeadObject' && status === 400 && code === '');

const regionIn = ({ failure, headers, text }: Refusal): string | undefined => {
  if (![301, 307, 400, 403].includes(failure.status ?? 0)) return undefined;
  const region = headers['x-amz-bucket-region'] ?? (text.includes('<Region>') ? textOf(text, 'Region') : undefined);
  // It becomes a part of a host's name and of a header: whoever answers must not choose what else stands there.
  return region !== undefined && /^[\w.-]{1,63}$/.test(region) ? region : undefined;
};

const serverClockIn = ({ failure, headers }: Refusal, ownClock: number): number | undefined => {
  if (failure.code !== 'RequestTimeTooSkewed' && !(failure.status === 403 && failure.code === '')) return undefined;
  const date = clockTime(headers.date);
  if (Number.isNaN(date)) return undefined;
  return failure.code !== '' || Math.abs(date - ownClock) > NOTABLE_SKEW_MS ? date : undefined;
};
