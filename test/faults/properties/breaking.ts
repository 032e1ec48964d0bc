// Applies a case's faults: to the n-th request that a service gets, and to the n-th call that steps make of their ports.
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Steps } from '../../../lib/embedded/host.ts';
import { IncompleteListing } from '../../../lib/stores/errors.ts';
import type { StepContext } from '../../../lib/workflow/steps/context.ts';
import { steps as realSteps } from '../../../lib/workflow/steps/index.ts';
import type { MemoryBucket } from '../../support/memory-s3/bucket.ts';
import { md5Of } from '../../support/memory-s3/bucket.ts';
import type { Around as AroundRequest } from '../../support/memory-s3/memory-s3.ts';
import { errorReply, errorXml, type Reply, type SeenRequest } from '../../support/scripted-s3.ts';
import { type Around, type Effect, through } from '../moving/effects.ts';
import type { CallFault, Fault, S3Fault } from './case.ts';

export interface Hands {
  cancel(): Promise<unknown>;
  stop(): Promise<unknown>;
  close(): Promise<unknown>;
  move(fault: Extract<Fault, { kind: 'move' }>): Promise<unknown>;
}

const WHILE = 7;
/** Longer than it takes to commit what the others did meanwhile. */
const SLOW_MS = 30;
const isDownload = ({ method, query }: SeenRequest): boolean => method === 'GET' && query.size === 0;
const isList = ({ query }: SeenRequest): boolean => query.get('list-type') === '2';

/** Around both services' requests; counts them together. */
export const breakRequests = (
  faults: readonly Fault[],
  bucketOf: (name: string) => MemoryBucket,
): { around: AroundRequest; count(): number } => {
  let count = 0;
  const found = (n: number): S3Fault | undefined => {
    for (const fault of faults) {
      if (fault.kind !== 'S3') continue;
      if (fault.at === n) return fault.what;
      if (fault.what === 'slow down for a while' && n > fault.at && n < fault.at + WHILE) return fault.what;
    }
    return undefined;
  };
  /** What only a picture's own bytes can suffer waits for the next ones. */
  const waiting: S3Fault[] = [];
  const around: AroundRequest = (request, next) => {
    let what = found(count++);
    if (what === 'corrupted' || what === 'cut body') waiting.push(what);
    if (what === 'corrupted' || what === undefined) what = isDownload(request) ? waiting.shift() : undefined;
    if (what === 'slow answer') return pause(SLOW_MS).then(next);
    return what === undefined ? next() : broken(what, request, next, bucketOf);
  };
  return { around, count: () => count };
};

const broken = (
  what: S3Fault,
  request: SeenRequest,
  next: () => Reply,
  bucketOf: (name: string) => MemoryBucket,
): Reply => {
  const half = (reply: Reply) => Math.floor(Buffer.from(reply.body ?? '').length / 2);
  switch (what) {
    case 'slow down':
    case 'slow down for a while':
      return errorReply(503, 'SlowDown');
    case 'internal error':
      return errorReply(500, 'InternalError');
    case 'access denied':
      return errorReply(403, 'AccessDenied');
    case 'conflict':
      return request.method === 'PUT' || request.method === 'POST'
        ? errorReply(409, 'ConditionalRequestConflict')
        : next();
    case 'reset before':
      return { reset: true };
    case 'reset after':
      next();
      return { reset: true };
    case 'lost answer':
      next();
      return errorReply(500, 'InternalError');
    case 'error inside a 200':
      return request.method === 'PUT' && 'x-amz-copy-source' in request.headers
        ? { status: 200, body: errorXml('InternalError') }
        : next();
    case 'cut body': {
      const reply = next();
      return { ...reply, cutAfter: half(reply) };
    }
    case 'corrupted':
      return corrupted(request, next(), bucketOf);
    default:
      return isList(request) ? brokenListing(what, next()) : next();
  }
};

/** Where the ETag is the content's MD5: nobody can notice it elsewhere. */
const corrupted = (request: SeenRequest, reply: Reply, bucketOf: (name: string) => MemoryBucket): Reply => {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/(.*)$/s.exec(request.path) ?? [];
  const object = bucketOf(bucket).objects.get(decodeURIComponent(key));
  const body = Buffer.from(reply.body ?? '');
  if (request.method !== 'GET' || !object || object.etag !== md5Of(object.body) || !body.equals(object.body))
    return reply;
  body.forEach((byte, at) => {
    if (at === body.length >> 1) body[at] = byte ^ 1;
  });
  return { ...reply, body };
};

const brokenListing = (what: S3Fault, reply: Reply): Reply => {
  const body = String(reply.body);
  const contents = body.match(/<Contents>.*?<\/Contents>/gs) ?? [];
  const [first = '', second = ''] = contents;
  switch (what) {
    case 'listing without its token':
      return { ...reply, body: body.replace('<IsTruncated>false', '<IsTruncated>true').replace(/<NextC.*Token>/, '') };
    case 'listing out of order':
      return { ...reply, body: second ? body.replace(first + second, second + first) : body };
    case 'listing names a key twice':
      return { ...reply, body: body.replace(first, first + first) };
    default:
      return { ...reply, body: body.slice(0, body.length >> 1) };
  }
};

/** The steps, each invocation with the faults around its calls; counted over all of them. */
export interface BrokenCalls {
  readonly steps: Steps;
  count(): number;
  /** Streams that steps opened: every one of them is to be closed again. */
  readonly opened: readonly Readable[];
}

export const breakCalls = (faults: readonly Fault[], hands: Hands): BrokenCalls => {
  let count = 0;
  const opened: Readable[] = [];
  const invoke = async (
    step: (input: never, context: StepContext) => Promise<unknown>,
    input: never,
    context: StepContext,
  ) => {
    let dead = false;
    const noted = <T>(answer: T): T => {
      if (answer instanceof Readable) opened.push(answer);
      return answer;
    };
    const around: Around = async (effect, go) => {
      const n = count++;
      for (const fault of faults) if (fault.kind === 'move' && fault.at === n) await hands.move(fault);
      if (dead) throw died();
      const what = callFaultAt(faults, n);
      if (what === undefined) return noted(await go());
      if (what.startsWith('invocation dies')) {
        dead = true;
        if (what === 'invocation dies once it is done') letGo(await go());
        throw died();
      }
      return noted(await brokenCall(what, effect, go, hands));
    };
    try {
      const answer = await step(input, through(context, around));
      if (dead) throw died();
      return answer;
    } catch (error) {
      throw dead ? died() : error;
    }
  };
  const steps = Object.fromEntries(
    Object.entries(realSteps).map(([name, step]) => [
      name,
      (input: never, context: StepContext) => invoke(step as never, input, context),
    ]),
  ) as unknown as Steps;
  return { steps, count: () => count, opened };
};

const died = (): Error => Object.assign(new Error('Task timed out after 900.00 seconds'), { name: 'Sandbox.Timedout' });

const callFaultAt = (faults: readonly Fault[], n: number): CallFault | undefined => {
  for (const fault of faults) {
    if (fault.kind !== 'call') continue;
    if (fault.at === n) return fault.what;
    if (fault.what === 'fails for a while' && n > fault.at && n < fault.at + WHILE) return fault.what;
  }
  return undefined;
};

const brokenCall = async <T>(what: CallFault, effect: Effect, go: () => Promise<T>, hands: Hands): Promise<T> => {
  const { port, method, about } = effect;
  const isWrite = ['put', 'write', 'remove'].includes(method);
  switch (what) {
    case 'cancel':
      // Not waited for: it waits for the very invocation that makes this call.
      await told(hands.cancel());
      return go();
    case 'stop':
      await told(hands.stop());
      return go();
    case 'close':
      await told(hands.close());
      return go();
    case 'no space left':
      if (isWrite) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      return go();
    case 'refused':
      // As whoever overtook it would make it; but nobody else holds the lock.
      return port === 'records' && method === 'put' && about.startsWith('round#') ? (false as T) : go();
    case 'is done, its answer lost':
      letGo(await go());
      throw lost(effect);
    default:
      throw lost(effect);
  }
};

/** Nobody else can close what nobody hears of. */
const letGo = (answer: unknown): void => {
  const { body = answer } = (answer ?? {}) as { readonly body?: unknown };
  if (body instanceof Readable) body.on('error', () => {}).destroy();
};

/** What is asked for is under way after a few turns of the event loop, whenever it ends. */
const told = async (asking: Promise<unknown>): Promise<void> => {
  asking.catch(() => {});
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
};

const lost = ({ port, method, about }: Effect): Error =>
  method === 'list' && port !== 'records'
    ? new IncompleteListing(`the listing after ${about} was cut off`)
    : new Error(`EIO: ${port} ${method} ${about}`);
