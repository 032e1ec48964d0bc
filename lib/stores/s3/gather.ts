// One request and its whole answer, gathered as it comes: a stream for a few hundred bytes costs more than the request itself.
import type { Agent, Dispatcher } from 'undici';

export interface Gathered {
  readonly status: number;
  /** A header sent twice counts as one list, as HTTP says. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly chunks: readonly Buffer[];
  /** They are all there was. */
  readonly isWhole: boolean;
  /** Why the body broke off. */
  readonly broken?: Error;
}

/** The head of an answer, told before its body comes. */
export type Head = Pick<Gathered, 'status' | 'headers'>;

export type Call = Dispatcher.RequestOptions & { readonly signal?: AbortSignal };

/** How many bytes of its body are read, told by its head; where more come, what is read ends a little behind them. */
export type MaxBytes = (head: Head) => number | 'unread';

/** Throws where no answer came. */
export const gather = (agent: Agent, call: Call, maxBytes: MaxBytes): Promise<Gathered> =>
  new Promise((resolve, reject) => {
    agent.dispatch(call, new Gathering(maxBytes, call.signal, resolve, reject));
  });

/** An error of the connection, as undici has them. */
class GivenUp extends Error {
  readonly code = 'UND_ERR_ABORTED';
}

class Gathering implements Dispatcher.DispatchHandler {
  private readonly maxBytes: MaxBytes;
  private readonly signal: AbortSignal | undefined;
  private readonly resolve: (gathered: Gathered) => void;
  private readonly reject: (error: Error) => void;
  private head: Head | undefined;
  private most = 0;
  private length = 0;
  private readonly chunks: Buffer[] = [];
  private onAbort: (() => void) | undefined;

  constructor(
    maxBytes: MaxBytes,
    signal: AbortSignal | undefined,
    resolve: (gathered: Gathered) => void,
    reject: (error: Error) => void,
  ) {
    this.maxBytes = maxBytes;
    this.signal = signal;
    this.resolve = resolve;
    this.reject = reject;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { signal } = this;
    if (!signal) return;
    this.onAbort = () => controller.abort(new GivenUp('nobody waits for it any more'));
    if (signal.aborted) this.onAbort();
    else signal.addEventListener('abort', this.onAbort, { once: true });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // 100 Continue, 103 Early Hints: the answer is still to come.
    if (status < 200) return;
    this.head = { status, headers: singleHeaders(headers) };
    const most = this.maxBytes(this.head);
    if (most === 'unread') this.end(controller, false);
    else this.most = most;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length > this.most) this.end(controller, false);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.end(controller, true);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.settle(false, error);
  }

  private end(controller: Dispatcher.DispatchController, isWhole: boolean): void {
    this.settle(isWhole);
    // An unread body would hold its connection for ever.
    if (!isWhole) controller.abort(new Error('what follows is not wanted'));
  }

  /** The first time counts: what a connection says after it was given up is no news. */
  private settle(isWhole: boolean, error?: Error): void {
    if (this.onAbort) this.signal?.removeEventListener('abort', this.onAbort);
    if (!this.head) {
      this.reject(error ?? new Error('an answer without a head'));
      return;
    }
    this.resolve({ ...this.head, chunks: this.chunks, isWhole, ...(error && { broken: error }) });
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export const singleHeaders = (headers: Headers): Record<string, string> => {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single[name] = typeof value === 'string' ? value : value.join(',');
  }
  return single;
};
