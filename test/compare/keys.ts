// Keys for properties: few characters, so that they often share beginnings; many of them awkward.
import fc from 'fast-check';
import type { Entry } from '../../lib/compare/entry.ts';
import { compareKeys } from '../../lib/compare/key.ts';

const characters = fc.constantFrom(
  ...['a', 'b', '1', '9', '/', '/', '.', '+', '%', ' ', '\n', '~', 'é', '\u0301', '\u202f', '€'],
  ...['\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f4f7}', '\u{10ffff}'],
);

export const oddKeys = fc.array(characters, { minLength: 0, maxLength: 6 }).map((chosen) => chosen.join(''));

/** Never empty. */
export const keys = fc.array(characters, { minLength: 1, maxLength: 6 }).map((chosen) => chosen.join(''));

const flags = fc.constantFrom<Partial<Entry>>(
  {},
  {},
  {},
  { directory: true, size: 0 },
  { problem: 'link' },
  { archived: true },
  { etag: 'a'.repeat(32) },
  { etag: 'b'.repeat(32) },
  { etag: `${'a'.repeat(32)}-2` },
);

/** A listing: ascending, each key once. */
export const listings = fc
  .uniqueArray(fc.tuple(keys, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 99 }), flags), {
    maxLength: 30,
    selector: ([key]) => key,
  })
  .map((entries) =>
    entries
      .map(([key, size, modifiedAt, flag]): Entry => ({ key, size, modifiedAt, ...flag }))
      .sort((a, b) => compareKeys(a.key, b.key)),
  );

export const entry = (key: string, more: Partial<Entry> = {}): Entry => ({ key, size: 10, modifiedAt: 0, ...more });
