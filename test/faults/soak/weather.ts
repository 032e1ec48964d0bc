// Faults of an S3 service, as they come in life: spells of one trouble, calm in between, chosen by a seed.
import type { Around } from '../../support/memory-s3/memory-s3.ts';
import { errorReply, errorXml, type Reply, type SeenRequest } from '../../support/scripted-s3.ts';
import type { Random } from '../cameras/random.ts';

type Trouble = (request: SeenRequest, next: () => Reply, random: Random) => Reply;

const isListing = ({ query }: SeenRequest): boolean => query.has('list-type');
const lengthOf = ({ body = '' }: Reply): number => Buffer.byteLength(body);

export const TROUBLES: Readonly<Record<string, Trouble>> = {
  throttling: (_request, _next, random) =>
    random.next() < 0.7 ? errorReply(503, 'SlowDown') : errorReply(500, 'InternalError'),
  'resets before anything happened': () => ({ reset: true }),
  'resets after it had happened': (_request, next) => {
    next();
    return { reset: true };
  },
  'answers cut short': (_request, next, random) => {
    const reply = next();
    return { ...reply, cutAfter: random.between(0, Math.max(0, lengthOf(reply) - 1)) };
  },
  '200 with an error inside': (request, next, random) => {
    const copies = request.method === 'PUT' && 'x-amz-copy-source' in request.headers;
    if (!copies && request.method !== 'POST') return next();
    if (random.next() < 0.5) next();
    return { headers: { 'content-type': 'application/xml' }, body: errorXml('InternalError') };
  },
  'listings without their end': (request, next, random) => {
    const reply = next();
    if (!isListing(request)) return reply;
    const text = String(reply.body ?? '');
    return { ...reply, body: text.slice(0, random.between(0, text.length - 1)) };
  },
  'listings that repeat themselves': (request, next) => {
    if (!isListing(request)) return next();
    const token = request.query.get('continuation-token');
    request.query.delete('continuation-token');
    const reply = next();
    if (token !== null) request.query.set('continuation-token', token);
    return reply;
  },
};

export interface Weather {
  readonly around: Around;
  /** Answers that were spoiled, by what it was. */
  readonly spoiled: Readonly<Record<string, number>>;
  clear(): void;
}

/** A spell lasts seconds; within one, some of the requests are hit. */
export const badWeather = (random: Random, now: () => number = Date.now): Weather => {
  const spoiled: Record<string, number> = {};
  let until = 0;
  let trouble: string | undefined;
  let share = 0;
  let cleared = false;
  return {
    spoiled,
    clear: () => {
      cleared = true;
    },
    around: (request, next) => {
      if (cleared) return next();
      if (now() >= until) {
        until = now() + random.between(1_500, 6_000);
        trouble = random.next() < 0.35 ? undefined : random.pick(Object.keys(TROUBLES));
        share = random.pick([0.05, 0.15, 0.5]);
      }
      if (trouble === undefined || random.next() > share) return next();
      spoiled[trouble] = (spoiled[trouble] ?? 0) + 1;
      return TROUBLES[trouble]!(request, next, random);
    },
  };
};
