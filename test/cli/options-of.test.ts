// Flags as a migration's options.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RuleFlags } from '../../lib/cli/flags.ts';
import { optionsOf } from '../../lib/cli/options-of.ts';
import { optionsSchema } from '../../lib/workflow/request-schema.ts';

const DAY = '2026-05-01T00:00:00.000Z';
const NEXT = '2026-05-02T00:00:00.000Z';

const EVERYTHING: RuleFlags = {
  include: ['*.jpg'],
  exclude: ['thumbs/'],
  capturedAfter: DAY,
  capturedBefore: NEXT,
  modifiedAfter: DAY,
  modifiedBefore: NEXT,
  keyPattern: '(?<camera>[^/]+)/(?<year>\\d{4})',
  minAge: 0,
  checksum: true,
  onDifferent: 'newer',
  order: 'oldest',
  concurrency: 8,
  tpslimit: 12.5,
  bwlimit: 10_485_760,
  maxCost: 12.5,
  storageClass: 'GLACIER_IR',
  tags: false,
  sseKmsKeyId: 'alias/pictures',
};

describe('optionsOf', () => {
  test('without flags: everything, nothing overwritten, newest first, tags included', () => {
    assert.deepEqual(optionsOf({ tags: true }), {
      include: [],
      exclude: [],
      checksum: false,
      onDifferent: 'keep',
      order: 'newest',
      tags: true,
    });
  });

  test('takes every flag, and a minimal age of 0 as one', () => {
    const options = optionsOf(EVERYTHING);
    assert.equal(options.minAgeMs, 0);
    const { minAge: _, tpslimit: tpsLimit, bwlimit: bandwidthLimit, maxCost: maxCostUsd, ...same } = EVERYTHING;
    assert.deepEqual(options, { ...same, minAgeMs: 0, tpsLimit, bandwidthLimit, maxCostUsd });
  });

  test('makes what the API would accept too', () => {
    for (const flags of [EVERYTHING, { tags: true }]) {
      const options = optionsOf(flags);
      assert.deepEqual(optionsSchema.parse(options), options);
    }
  });

  const REFUSED: readonly (readonly [string, Partial<RuleFlags>, RegExp])[] = [
    [
      'a span of capture times that is empty',
      { capturedAfter: DAY, capturedBefore: DAY },
      /--captured-after .*in between/,
    ],
    ['a span of modification times that ends first', { modifiedAfter: NEXT, modifiedBefore: DAY }, /--modified-after/],
    ['an include that is no glob', { include: ['*.jpg', '[a'] }, /^--include \[a: /],
    ['an exclude that is no glob', { exclude: ['{a'] }, /^--exclude \{a: /],
    ['a key pattern without groups', { keyPattern: 'cam' }, /^--key-pattern cam: .*camera/],
  ];
  for (const [what, flags, says] of REFUSED) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => optionsOf({ tags: true, ...flags }),
        (error: Error) => {
          assert.equal(error.name, 'UsageError');
          assert.match(error.message, says);
          return true;
        },
      );
    });
  }
});
