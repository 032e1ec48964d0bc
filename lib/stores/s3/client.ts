// The lean S3 client: signed requests with raw paths over kept-alive connections; transient errors are tried again.
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import type { Pace } from '../pace.ts';
import { pacedUpload } from '../paced-body.ts';
import type { BucketAddress } from './address.ts';
import {
  ANSWER_MAX_BYTES,
  beginningOf,
  discard,
  GATHERED_MAX_BYTES,
  gatheredBody,
  joined,
  mostOf,
  passedOn,
} from './body.ts';
import { prepare } from './call.ts';
import type { CachedCredentials } from './credentials.ts';
import { connectionFailure, failureIn, isGarbled, S3Failure, saysSlowDown, senseless } from './failure.ts';
import { type Call, type Gathered, gather, type Head, singleHeaders } from './gather.ts';
import { type Refusal, Repairs } from './repairs.ts';
import { retryDelay } from './retry-delay.ts';
import { createSigner, type Sign } from './sign.ts';

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
  /** Such a one, sent or read, is not waited for when this is aborted. */
  readonly giveUp?: AbortSignal | undefined;
  /** Nothing standing under the key is an answer like any other. */
  readonly mayBeAbsent?: true;
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

/** What clients for several buckets share: connections, keys, the clock's correction. */
export interface Shared {
  readonly agent: Agent;
  readonly sign: Sign;
  readonly credentials: CachedCredentials;
  readonly settings: ClientSettings;
  clockOffsetMs: number;
  /** Some servers send a body with the answer to a HEAD, where the next answer should stand. */
  endsAfterHead: boolean;
}

interface OpenBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

type Outcome<T> = { readonly value: T } | Refusal;

export class S3Client {
  address: BucketAddress;
  private readonly shared: Shared;

  private constructor(address: BucketAddress, shared: Shared) {
    this.address = address;
    this.shared = shared;
  }

  static open(address: BucketAddress, credentials: CachedCredentials, settings: ClientSettings): S3Client {
    const agent = new Agent({ connections: settings.maxConnections, connectTimeout: 10_000, pipelining: 1 });
    return new S3Client(address, {
      agent,
      sign: createSigner(),
      credentials,
      settings,
      clockOffsetMs: 0,
      endsAfterHead: false,
    });
  }

  /** Another bucket with these credentials and connections. */
  forBucket(address: BucketAddress): S3Client {
    return new S3Client(address, this.shared);
  }

  /** The whole answer; `judge` makes what it needs of it, or throws an S3Failure, which is retried if transient. */
  send(request: S3Request): Promise<S3Answer>;
  send<T>(request: S3Request, judge: Judge<T>): Promise<T>;
  send<T>(request: S3Request, judge?: Judge<T>): Promise<T | S3Answer> {
    return this.retrying(request, async (call) => {
      const { broken, isWhole, ...gathered } = await gather(this.shared.agent, call, (head) => mostOf(request, head));
      if (broken) throw broken;
      const answer = answerOf(gathered);
      if (!isAwaited(request, answer)) return this.refusal(request, answer);
      if (!isWhole && request.method !== 'HEAD' && !request.isForeign?.(answer.headers))
        throw senseless(`more than ${ANSWER_MAX_BYTES} bytes`, answer.status, request.operation, this.address.bucket);
      return { value: judge ? judge(answer) : answer };
    });
  }

  /**
   * The answer with its body still to be read: only what happens before the first byte is tried again. A body of few
   * `bytes` was read by then.
   */
  openBody(request: S3Request, bytes: number): Promise<OpenBody> {
    const isSmall = bytes <= GATHERED_MAX_BYTES && !this.shared.settings.pace?.limitsBytes;
    return this.retrying(request, (call) =>
      isSmall ? this.gathered(request, call, bytes) : this.streamed(request, call),
    );
  }

  close(): Promise<void> {
    return this.shared.agent.close();
  }

  private async gathered(request: S3Request, call: Call, bytes: number): Promise<Outcome<OpenBody>> {
    const given = request.giveUp ? { ...call, signal: request.giveUp } : call;
    const answer = await gather(this.shared.agent, given, (head) => mostOf(request, head, bytes));
    if (answer.status >= 300) {
      if (answer.broken) throw answer.broken;
      return this.refusal(request, answerOf(answer));
    }
    if (request.isForeign?.(answer.headers)) throw this.foreign(request, answer.status);
    return { value: { headers: answer.headers, body: gatheredBody(answer) } };
  }

  private async streamed(request: S3Request, call: Call): Promise<Outcome<OpenBody>> {
    const { statusCode: status, headers: all, body } = await this.shared.agent.request(call);
    const headers = singleHeaders(all);
    if (status >= 300) return this.refusal(request, { status, headers, body: await beginningOf(body) });
    if (!request.isForeign?.(headers)) return { value: { headers, body: passedOn(body) } };
    discard(body);
    throw this.foreign(request, status);
  }

  private foreign({ operation }: S3Request, status: number): S3Failure {
    return senseless('an answer to another question', status, operation, this.address.bucket);
  }

  private refusal({ operation }: S3Request, { status, headers, body }: S3Answer): Refusal {
    const text = body.toString('utf8');
    return { failure: failureIn(text, status, operation, this.address.bucket), headers, text };
  }

  private async retrying<T>(request: S3Request, exchange: (call: Call) => Promise<Outcome<T>>): Promise<T> {
    const repairs = new Repairs();
    const { maxAttempts, retryDelayMs } = this.shared.settings;
    for (let attempt = 1; ; attempt++) {
      const result = await this.attempt(request, exchange);
      if ('value' in result) return result.value;
      if (saysSlowDown(result.failure)) this.shared.settings.onThrottle?.();
      if (this.repair(result, repairs)) continue;
      if (!result.failure.transient || attempt >= maxAttempts || request.giveUp?.aborted)
        throw result.failure.after(attempt);
      await sleep(retryDelay(attempt, retryDelayMs));
      await request.beforeAgain?.();
    }
  }

  private async attempt<T>(request: S3Request, exchange: (call: Call) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { pace } = this.shared.settings;
    const turn = pace?.beforeRequest(request.method);
    if (turn) await turn;
    const { body, isPicture, giveUp } = request;
    const paced = body && isPicture && pace?.limitsBytes ? await pacedUpload(body, pace, giveUp) : undefined;
    // Outside the try: missing credentials and keys that cannot be encoded are no connection errors.
    const call = await prepare(request, paced, this.address, this.shared);
    try {
      return await exchange(call);
    } catch (error) {
      if (isGarbled(error)) this.shared.endsAfterHead = true;
      const failure =
        error instanceof S3Failure ? error : connectionFailure(error, request.operation, this.address.bucket);
      if (failure === undefined) throw error;
      return { failure, headers: {}, text: '' };
    }
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
}

const answerOf = ({ status, headers, chunks }: Pick<Gathered, 'status' | 'headers' | 'chunks'>): S3Answer => ({
  status,
  headers,
  body: joined(chunks),
});

const isAwaited = ({ mayBeAbsent }: S3Request, { status }: Head): boolean =>
  status < 300 || (status === 404 && mayBeAbsent === true);
