// The rules: what a comparison says about one key.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Entry } from '../../lib/compare/entry.ts';
import { classify, type Finding, type Joined, judgeContent, keyOf, type Rules } from '../../lib/compare/findings.ts';
import { entry } from './keys.ts';

const RULES: Rules = { keep: () => true, minAgeMs: 0, checksum: false };
const listedAt = 1_000_000;
const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const MULTIPART = `${A}-2`;

type Expected = Finding | 'shared, content unknown' | 'compareContent';
const say = (judgement: ReturnType<typeof classify>): Expected => {
  if (judgement === 'compareContent') return judgement;
  if (!judgement.contentUnknown) return judgement.finding;
  assert.equal(judgement.finding, 'shared');
  return 'shared, content unknown';
};

type Sides = { readonly source?: Partial<Entry>; readonly destination?: Partial<Entry> };
const joined = ({ source, destination }: Sides) =>
  ({ source: source && entry('k', source), destination: destination && entry('k', destination) }) as Joined;

const cases: readonly (readonly [string, Sides, Partial<Rules>, Expected])[] = [
  ['only on the source', { source: {} }, {}, 'missingOnDestination'],
  ['only on the destination', { destination: {} }, {}, 'missingOnSource'],
  ['same size', { source: {}, destination: { modifiedAt: 9 } }, {}, 'shared'],
  ['another size', { source: {}, destination: { size: 11 } }, {}, 'different'],
  ['a marker and a directory', { source: { size: 0 }, destination: { size: 0, directory: true } }, {}, 'shared'],

  ['left out, only on the source', { source: {} }, { keep: () => false }, 'excluded'],
  ['left out, only on the destination', { destination: {} }, { keep: () => false }, 'excluded'],
  ['left out though different', { source: {}, destination: { size: 11 } }, { keep: () => false }, 'excluded'],
  ['the source is asked', { source: {}, destination: { size: 11 } }, { keep: (e) => e.size === 11 }, 'excluded'],
  ['not the destination', { source: {}, destination: { size: 11 } }, { keep: (e) => e.size === 10 }, 'different'],

  ['archived', { source: { archived: true } }, {}, 'archived'],
  ['archived and young', { source: { archived: true, modifiedAt: listedAt } }, { minAgeMs: 9 }, 'archived'],
  ['archived on both sides', { source: { archived: true }, destination: { archived: true } }, {}, 'shared'],
  ['archived and of another size', { source: { archived: true }, destination: { size: 1 } }, {}, 'different'],
  ['archived only on the destination', { destination: { archived: true } }, {}, 'missingOnSource'],

  ['younger than the age', { source: { modifiedAt: listedAt - 29 } }, { minAgeMs: 30 }, 'settling'],
  ['as old as the age', { source: { modifiedAt: listedAt - 30 } }, { minAgeMs: 30 }, 'missingOnDestination'],
  ['from the future', { source: { modifiedAt: listedAt + 1 } }, { minAgeMs: 30 }, 'settling'],
  ['from the future, no age asked', { source: { modifiedAt: listedAt + 1 } }, {}, 'missingOnDestination'],
  ['young on both sides', { source: { modifiedAt: listedAt }, destination: {} }, { minAgeMs: 30 }, 'shared'],
  ['young on the destination', { destination: { modifiedAt: listedAt } }, { minAgeMs: 30 }, 'missingOnSource'],

  ['unreadable', { source: { problem: 'unreadable' } }, {}, 'missingOnDestination'],
  ['a link, young', { source: { problem: 'link', modifiedAt: listedAt } }, { minAgeMs: 30 }, 'missingOnDestination'],
  ['unreadable, same size', { source: { problem: 'unreadable' }, destination: {} }, {}, 'shared, content unknown'],
  ['unreadable, another size', { source: { problem: 'unreadable' }, destination: { size: 1 } }, {}, 'different'],

  ['ETags are not looked at unasked', { source: { etag: A }, destination: { etag: B } }, {}, 'shared'],
  ['same ETag', { source: { etag: A }, destination: { etag: A } }, { checksum: true }, 'shared'],
  ['in other letters', { source: { etag: A }, destination: { etag: A.toUpperCase() } }, { checksum: true }, 'shared'],
  ['another ETag', { source: { etag: A }, destination: { etag: B } }, { checksum: true }, 'different'],
  [
    'another size, same ETag',
    { source: { etag: A }, destination: { etag: A, size: 1 } },
    { checksum: true },
    'different',
  ],
  [
    'another ETag, perhaps of KMS',
    { source: { etag: A }, destination: { etag: B } },
    { checksum: true, confirmEtags: true },
    'compareContent',
  ],
  [
    'same ETag, confirmation asked',
    { source: { etag: A }, destination: { etag: A } },
    { checksum: true, confirmEtags: true },
    'shared',
  ],
  [
    'multipart on the source',
    { source: { etag: MULTIPART }, destination: { etag: A } },
    { checksum: true },
    'shared, content unknown',
  ],
  [
    'multipart on both sides',
    { source: { etag: MULTIPART }, destination: { etag: MULTIPART } },
    { checksum: true },
    'shared, content unknown',
  ],
  [
    'an ETag that is no MD5',
    { source: { etag: A }, destination: { etag: 'v1' } },
    { checksum: true },
    'shared, content unknown',
  ],
  [
    'a folder and multipart',
    { source: {}, destination: { etag: MULTIPART } },
    { checksum: true },
    'shared, content unknown',
  ],
  ['a folder and an ETag', { source: {}, destination: { etag: A } }, { checksum: true }, 'compareContent'],
  ['two folders', { source: {}, destination: {} }, { checksum: true }, 'compareContent'],
  ['two folders, another size', { source: {}, destination: { size: 1 } }, { checksum: true }, 'different'],
  [
    'nothing in either',
    { source: { size: 0 }, destination: { size: 0, etag: MULTIPART } },
    { checksum: true },
    'shared',
  ],
  ['ETag of a missing one', { source: { etag: A } }, { checksum: true }, 'missingOnDestination'],
];

describe('a key', () => {
  for (const [title, sides, rules, expected] of cases) {
    test(`${title}: ${expected}`, () => {
      assert.equal(say(classify(joined(sides), { ...RULES, ...rules }, listedAt)), expected);
    });
  }
});

describe('contents compared', () => {
  for (const [source, destination, expected] of [
    [A, A, 'shared'],
    [A, A.toUpperCase(), 'shared'],
    [A, B, 'different'],
    [undefined, A, 'shared, content unknown'],
    [A, undefined, 'shared, content unknown'],
    [undefined, undefined, 'shared, content unknown'],
  ] as const) {
    test(`${source?.slice(0, 1)} and ${destination?.slice(0, 1)}: ${expected}`, () =>
      assert.equal(say(judgeContent(source, destination)), expected));
  }
});

test('a joined key is named by whichever side has it', () => {
  assert.equal(keyOf({ source: entry('s') }), 's');
  assert.equal(keyOf({ destination: entry('d') }), 'd');
});
