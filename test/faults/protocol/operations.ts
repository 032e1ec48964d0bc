// What an actor asks of the world, as plain data, and what it does to a state: the model's only atoms.
import { StoreUnavailable } from '../../../lib/stores/errors.ts';
import type { Document, ExecutionStatus, Expectation } from '../../../lib/workflow/ports.ts';
import { documentOf, meets, nameOfPlace, placesUnder, recordPlaces } from './interned.ts';

export type Operation =
  /** Nothing has happened yet: the invocation waits to be begun. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'get'; readonly place: number }
  | { readonly kind: 'put'; readonly place: number; readonly document: number; readonly expect?: Expectation }
  | { readonly kind: 'list'; readonly pk: string; readonly skPrefix: string }
  | { readonly kind: 'newest' }
  | { readonly kind: 'start' | 'stop' | 'status'; readonly id: string }
  | { readonly kind: 'isDead'; readonly holder: string }
  | { readonly kind: 'write'; readonly picture: number; readonly id: string };

/** Whoever dies while one of these is under way may still have done it. */
export const hasEffect = ({ kind }: Operation): boolean =>
  kind === 'put' || kind === 'start' || kind === 'stop' || kind === 'write';

export const EXECUTION: readonly ExecutionStatus[] = ['unknown', 'running', 'succeeded', 'failed', 'stopped'];

/** A result as a short text (what histories are told apart by) and as the value that is handed over. */
export interface Answer {
  readonly text: string;
  readonly value: unknown;
  /** Thrown instead. */
  readonly error?: Error;
}

export const DONE: Answer = { text: '', value: undefined };
export const YES: Answer = { text: 'yes', value: true };
export const NO: Answer = { text: 'no', value: false };
/** The service did not answer in time; perhaps it has done what it was asked for. */
export const UNAVAILABLE: Answer = {
  text: 'unavailable',
  value: undefined,
  error: new StoreUnavailable('The service did not answer.'),
};

const manyOf = (numbers: readonly number[]): Answer => ({
  text: numbers.join('+'),
  value: numbers.map((number) => documentOf(number)),
});

/** What may be read of a state. */
export interface Readable {
  document(place: number): number;
  execution(id: string): ExecutionStatus;
  hasPicture(picture: number): boolean;
  isDead(holder: string): boolean;
}

const createdAt = (number: number): string => String(documentOf(number)?.createdAt);

export const answerOf = (operation: Operation, state: Readable): Answer => {
  switch (operation.kind) {
    case 'get': {
      const number = state.document(operation.place);
      return { text: String(number), value: documentOf(number) };
    }
    case 'put':
      return meets(state.document(operation.place), operation.expect) ? YES : NO;
    case 'list': {
      const there = placesUnder(operation.pk, operation.skPrefix).map((place) => state.document(place));
      return manyOf(there.filter((number) => number !== 0));
    }
    case 'newest': {
      const there = recordPlaces().map((place) => state.document(place));
      return manyOf(there.filter((number) => number !== 0).sort((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1)));
    }
    case 'status': {
      const status = state.execution(operation.id);
      return { text: status, value: status };
    }
    case 'isDead':
      return state.isDead(operation.holder) ? YES : NO;
    case 'write':
      return state.hasPicture(operation.picture) ? NO : YES;
    default:
      return DONE;
  }
};

const asked = (operation: Operation): string => {
  switch (operation.kind) {
    case 'get':
      return `reads ${nameOfPlace(operation.place)}`;
    case 'put': {
      const { place, document, expect } = operation;
      const only =
        expect === undefined ? '' : ` where ${expect === 'absent' ? 'there is none' : JSON.stringify(expect)}`;
      return `writes ${nameOfPlace(place)} ${gist(documentOf(document))}${only}`;
    }
    case 'list':
      return `lists ${operation.skPrefix} of ${operation.pk}`;
    case 'newest':
      return 'lists the migrations';
    case 'isDead':
      return `asks whether ${operation.holder} is dead`;
    case 'write':
      return `writes picture ${operation.picture}`;
    case 'begin':
      return 'begins';
    default:
      return `${operation.kind}s execution ${operation.id}`;
  }
};

const SHOWN = [
  'migrationId',
  'fencing',
  'leaseUntil',
  'holder',
  'status',
  'version',
  'commit',
  'position',
  'openUntil',
  'done',
];

const gist = (document: Document | undefined): string => {
  if (document === undefined) return 'nothing';
  const fields = SHOWN.flatMap((field) => (field in document ? [`${field} ${String(document[field])}`] : []));
  return `(${fields.join(', ')})`;
};

/** A line of a trace. */
export const told = (operation: Operation, { value, text }: Answer): string => {
  if (operation.kind === 'get') return `${asked(operation)}: ${gist(value as Document | undefined)}`;
  if (Array.isArray(value)) return `${asked(operation)}: ${value.map(gist).join(' ') || 'none'}`;
  return text === '' ? asked(operation) : `${asked(operation)}: ${text}`;
};
