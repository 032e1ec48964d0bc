// Names every request of a migration, so that the same one is hit on every run, however they interleave.
import type { Around } from '../../support/memory-s3/memory-s3.ts';
import type { SeenRequest } from '../../support/scripted-s3.ts';
import type { World } from '../world.ts';

export type Operation =
  | 'List'
  | 'Prefixes'
  | 'Head'
  | 'Get'
  | 'Tags'
  | 'Put'
  | 'Copy'
  | 'CreateUpload'
  | 'UploadPart'
  | 'UploadPartCopy'
  | 'Complete'
  | 'Abort';

export const operationOf = ({ method, query, headers }: SeenRequest): Operation => {
  if (query.has('list-type')) return query.has('delimiter') ? 'Prefixes' : 'List';
  if (method === 'HEAD') return 'Head';
  if (method === 'GET') return query.has('tagging') ? 'Tags' : 'Get';
  if (method === 'DELETE') return 'Abort';
  if (method === 'POST') return query.has('uploads') ? 'CreateUpload' : 'Complete';
  const isCopy = 'x-amz-copy-source' in headers;
  if (query.has('partNumber')) return isCopy ? 'UploadPartCopy' : 'UploadPart';
  return isCopy ? 'Copy' : 'Put';
};

const TOLD = ['prefix', 'start-after', 'continuation-token', 'partNumber'];

/**
 * The same for the same request of another run: without what differs between runs (ids, signatures). Where a range is cut
 * depends on which page comes first: listings have only their turn.
 */
const nameOf = (request: SeenRequest): string => {
  if (operationOf(request) === 'List') return `List ${decodeURIComponent(request.path)}`;
  const told = TOLD.flatMap((name) => (request.query.has(name) ? [`${name}=${request.query.get(name)}`] : []));
  return [operationOf(request), decodeURIComponent(request.path), ...told].join(' ');
};

export type ServiceSide = 'source' | 'destination';

export interface Target {
  readonly side: ServiceSide;
  readonly operation: Operation;
  readonly name: string;
  /** The how manieth of this name, from 0: rounds ask the same again. */
  readonly turn: number;
}

/** Both sides' services, once each: within one service it is the destination's. */
export const servicesOf = ({ source, destination }: World) =>
  [
    ['destination', destination.service],
    ['source', source.service === destination.service ? undefined : source.service],
  ].filter((one): one is [ServiceSide, NonNullable<typeof source.service>] => one[1] !== undefined);

/** Counts what is asked; `hit` is called for the target and for all that follows it at the same service. */
const counting = (side: ServiceSide, note: (target: Target) => void): ((request: SeenRequest) => Target) => {
  const turns = new Map<string, number>();
  return (request) => {
    const name = nameOf(request);
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    const target = { side, operation: operationOf(request), name, turn };
    note(target);
    return target;
  };
};

/** Notes all requests from now on. */
export const recordTargets = (world: World): Target[] => {
  const targets: Target[] = [];
  for (const [side, service] of servicesOf(world)) {
    const count = counting(side, (target) => targets.push(target));
    service.around = (request, next) => {
      count(request);
      return next();
    };
  }
  return targets;
};

export type Breaking = (request: SeenRequest, next: Parameters<Around>[1]) => ReturnType<Around>;

/** Breaks the target and so many requests of any kind that follow it there; tells whether it was met. */
export const breakAt = (world: World, at: Target, span: number, breaking: Breaking): (() => boolean) => {
  let left: number | undefined;
  for (const [side, service] of servicesOf(world)) {
    if (side !== at.side) continue;
    const count = counting(side, ({ name, turn }) => {
      if (name === at.name && turn === at.turn) left ??= span;
    });
    service.around = (request, next) => {
      count(request);
      if (left === undefined || left <= 0) return next();
      left -= 1;
      return breaking(request, next);
    };
  }
  return () => left !== undefined;
};

export const mend = (world: World): void => {
  for (const [, service] of servicesOf(world)) service.around = undefined;
};
