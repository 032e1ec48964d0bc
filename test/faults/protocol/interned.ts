// Documents as numbers: two states are the same where their numbers are, and none is compared twice.
import type { Document, Expectation } from '../../../lib/workflow/ports.ts';

const NOTHING = 0;
const texts = new Map<string, number>();
const values: (Document | undefined)[] = [undefined];

/** The same number for the same content; 0 is no document. */
export const numberOf = (document: Document): number => {
  const text = JSON.stringify(document);
  const known = texts.get(text);
  if (known !== undefined) return known;
  const number = values.push(JSON.parse(text) as Document) - 1;
  texts.set(text, number);
  return number;
};

export const documentOf = (number: number): Document | undefined => values[number];

/** As SQLite and DynamoDB judge it. */
export const meets = (found: number, expect: Expectation | undefined): boolean => {
  if (expect === undefined) return true;
  if (expect === 'absent') return found === NOTHING;
  const document = documentOf(found);
  return document !== undefined && Object.entries(expect).every(([field, value]) => document[field] === value);
};

/** Where documents stand in a state, given out as they are first asked for. */
const places: { readonly pk: string; readonly sk: string }[] = [];
const placesByName = new Map<string, number>();
/** Lock; record, item and report of three migrations. */
export const PLACES = 10;

export const placeOf = (pk: string, sk: string): number => {
  const name = `${pk} ${sk}`;
  const known = placesByName.get(name);
  if (known !== undefined) return known;
  const place = places.push({ pk, sk }) - 1;
  if (place >= PLACES) throw new Error(`One document more than the model has room for: ${name}`);
  placesByName.set(name, place);
  return place;
};

export const nameOfPlace = (place: number): string => {
  const { pk, sk } = places[place]!;
  return sk === 'lock' ? 'the lock' : `${sk} of ${pk.replace(/^\w+#/, '')}`;
};

/** In the order of `sk`. */
export const placesUnder = (pk: string, skPrefix: string): number[] =>
  places
    .flatMap((place, i) => (place.pk === pk && place.sk.startsWith(skPrefix) ? [{ sk: place.sk, i }] : []))
    .sort((a, b) => (a.sk < b.sk ? -1 : 1))
    .map(({ i }) => i);

export const recordPlaces = (): number[] => places.flatMap(({ sk }, i) => (sk === 'record' ? [i] : []));
