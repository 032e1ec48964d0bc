// The lean S3 client: signed requests with raw paths over kept-alive connections; transient errors are tried again.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import type { Pace } from '../pace.ts';
import { pacedUpload } from '../paced-body.ts';
import { type BucketAddress, encodeKey, encodeStrictly, placeOf } from './address.ts';
import { ANSWER_MAX_BYTES, beginningOf, discard, wholeBody } from './body.ts';
import type { CachedCredentials } from './credentials.ts';
import { connectionFailure, failureIn, S3Failure, saysSlowDown, senseless } from './failure.ts';
import { type Refusal, Repairs } from './repairs.ts';
import { retryDelay } from './retry-delay.ts';
import { createSigner, EMPTY_HASH, type Sign } from './sign.ts';

export interface S3Request {
  /** S3's name for it, for messages. */
  readonly operation: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** With the store's prefix; absent: the bucket itself. */
  readonly key?: string;
  /** An empty value is a flag: `?uploads`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Names in lower case; values are byte strings. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The body is a picture's, or a part of one: sent no faster than is allowed. */
  readonly isPicture?: true;
  /** Such a one is not waited for when this is aborted. */
  readonly giveUp?: AbortSignal | undefined;
  /** The service answered another question, perhaps with gigabytes: the body is left unread. */
  readonly isForeign?: (headers: Readonly<Record<string, string>>) => boolean;
  /** Much passes before the first byte comes back: a copy of gigabytes, an upload over a slow line. */
  readonly takesLong?: boolean;
  /** Before it is sent once more: the attempt before may have been carried out although its answer got lost. Throws an S3Failure. */
  readonly beforeAgain?: () => Promise<void>;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Looks into a 200: S3 reports errors of long copies there. Throws an S3Failure. */
export type Judge<T> = (answer: S3Answer) => T;

export interface ClientSettings {
  readonly maxConnections: number;
  readonly maxAttempts: number;
  /** Full jitter up to this, doubled with every attempt. */
  readonly retryDelayMs: number;
  /** A connection that stays silent this long is given up. */
  readonly silenceMs: number;
  /** The same for what takes long. */
  readonly longSilenceMs: number;
  /** Called for every answer that says "slow down", also where trying again mends it. */
  readonly onThrottle?: () => void;
  /** Asked before every attempt, and before bytes of a body are sent. */
  readonly pace?: Pace;
}

export const DEFAULT_CLIENT_SETTINGS: ClientSettings = {
  maxConnections: 96,
  maxAttempts: 6,
  retryDelayMs: 250,
  silenceMs: 60_000,
  longSilenceMs: 300_000,
};

const USER_AGENT = 'picferry';

/** What clients for several buckets share: connections, keys, the clock's correction. */
interface Shared {
  readonly agent: Agent;
  readonly sign: Sign;
  readonly credentials: CachedCredentials;
  readonly settings: ClientSettings;
  clockOffsetMs: number;
}

export class S3Client {
  address: BucketAddress;
  private readonly shared: Shared;

  private constructor(address: BucketAddress, shared: Shared) {
    this.address = address;
    this.shared = shared;
  }

  static open(address: BucketAddress, credentials: CachedCredentials, settings: ClientSettings): S3Client {
    const agent = new Agent({ connections: settings.maxConnections, connectTimeout: 10_000, pipelining: 1 });
    return new S3Client(address, { agent, sign: createSigner(), credentials, settings, clockOffsetMs: 0 });
  }

  /** Another bucket with these credentials and connections. */
  forBucket(address: BucketAddress): S3Client {
    return new S3Client(address, this.shared);
  }

  /** The whole answer; `judge` makes what it needs of it, or throws an S3Failure, which is retried if transient. */
  send(request: S3Request): Promise<S3Answer>;
  send<T>(request: S3Request, judge: Judge<T>): Promise<T>;
  send<T>(request: S3Request, judge?: Judge<T>): Promise<T | S3Answer> {
    return this.retrying(request, async (response) => {
      const headers = singleHeaders(response.headers);
      const isForeign = request.isForeign?.(headers) ?? false;
      if (isForeign) discard(response.body);
      const body = isForeign
        ? Buffer.alloc(0)
        : await wholeBody(response.body, this.overlong(request, response.statusCode));
      const answer = { status: response.statusCode, headers, body };
      return judge ? judge(answer) : answer;
    });
  }

  /** The answer with its body still to be read: only what happens before the first byte is tried again. */
  openBody(request: S3Request): Promise<{ headers: Readonly<Record<string, string>>; body: Readable }> {
    return this.retrying(request, async ({ headers: all, body, statusCode }) => {
      const headers = singleHeaders(all);
      if (!request.isForeign?.(headers)) return { headers, body };
      discard(body);
      throw senseless('an answer to another question', statusCode, request.operation, this.address.bucket);
    });
  }

  close(): Promise<void> {
    return this.shared.agent.close();
  }

  private async retrying<T>(request: S3Request, use: (response: Dispatcher.ResponseData) => Promise<T>): Promise<T> {
    const repairs = new Repairs();
    const { maxAttempts, retryDelayMs } = this.shared.settings;
    for (let attempt = 1; ; attempt++) {
      const result = await this.attempt(request, use);
      if ('value' in result) return result.value;
      if (saysSlowDown(result.failure)) this.shared.settings.onThrottle?.();
      if (this.repair(result, repairs)) continue;
      if (!result.failure.transient || attempt >= maxAttempts || request.giveUp?.aborted)
        throw result.failure.after(attempt);
      await sleep(retryDelay(attempt, retryDelayMs));
      await request.beforeAgain?.();
    }
  }

  private async attempt<T>(
    request: S3Request,
    use: (response: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<{ value: T } | Refusal> {
    const { operation } = request;
    const { bucket } = this.address;
    const { pace } = this.shared.settings;
    const turn = pace?.beforeRequest(request.method);
    if (turn) await turn;
    const { body, isPicture, giveUp } = request;
    const paced = body && isPicture && pace?.limitsBytes ? await pacedUpload(body, pace, giveUp) : undefined;
    // Outside the try: missing credentials and keys that cannot be encoded are no connection errors.
    const call = await this.prepare(request, paced);
    try {
      const response = await this.shared.agent.request(call);
      if (response.statusCode < 300) return { value: await use(response) };
      const text = (await beginningOf(response.body)).toString('utf8');
      const failure = failureIn(text, response.statusCode, operation, bucket);
      return { failure, headers: singleHeaders(response.headers), text };
    } catch (error) {
      const failure = error instanceof S3Failure ? error : connectionFailure(error, operation, bucket);
      if (failure === undefined) throw error;
      return { failure, headers: {}, text: '' };
    }
  }

  private overlong({ operation }: S3Request, status: number): () => S3Failure {
    return () => senseless(`more than ${ANSWER_MAX_BYTES} bytes`, status, operation, this.address.bucket);
  }

  /** True: the request is worth sending again at once, with what the answer taught. */
  private repair(refusal: Refusal, repairs: Repairs): boolean {
    const { shared } = this;
    const repair = repairs.find(refusal, { region: this.address.region, clock: Date.now() + shared.clockOffsetMs });
    if (repair === undefined) return false;
    if (repair.region !== undefined) this.address = { ...this.address, region: repair.region };
    if (repair.serverClock !== undefined) shared.clockOffsetMs = repair.serverClock - Date.now();
    if (repair.freshCredentials) shared.credentials.forget();
    return true;
  }

  private async prepare(request: S3Request, paced: Readable | undefined) {
    const { method, key, query = {}, headers = {}, body, takesLong, giveUp } = request;
    const { origin, host, base } = placeOf(this.address);
    const path = key === undefined ? base || '/' : `${base}/${encodeKey(key)}`;
    const signed = await this.shared.sign(
      { method, host, path, query, headers, payloadHash: payloadHash(body, headers) },
      {
        credentials: await this.shared.credentials.get(),
        region: this.address.region,
        date: new Date(Date.now() + this.shared.clockOffsetMs),
      },
    );
    const silence = this.shared.settings[takesLong ? 'longSilenceMs' : 'silenceMs'];
    const length = paced && { 'content-length': String(body?.length) };
    return {
      origin,
      path: path + queryString(query),
      method,
      headers: { ...signed, 'user-agent': USER_AGENT, ...length },
      body: paced ?? body ?? null,
      ...(paced && giveUp && { signal: giveUp }),
      headersTimeout: silence,
      bodyTimeout: silence,
    };
  }
}

const payloadHash = (body: Uint8Array | undefined, headers: Readonly<Record<string, string>>): string => {
  if (body === undefined) return EMPTY_HASH;
  // Content-MD5 is signed and guards the same bytes: hashing gigabytes a second time guards nothing more.
  return 'content-md5' in headers ? 'UNSIGNED-PAYLOAD' : createHash('sha256').update(body).digest('hex');
};

const queryString = (query: Readonly<Record<string, string>>): string => {
  const parts = Object.entries(query).map(([name, value]) =>
    value === '' ? name : `${name}=${encodeStrictly(value)}`,
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};

/** A header sent twice counts as one list, as HTTP says. */
const singleHeaders = (headers: Dispatcher.ResponseData['headers']): Record<string, string> => {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single[name] = typeof value === 'string' ? value : value.join(',');
  }
  return single;
};
