// Keys stand in the order of their UTF-8 bytes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareKeys } from '../../lib/compare/key.ts';
import { oddKeys } from './keys.ts';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('the order of keys', () => {
  test('is the order of UTF-8 bytes for every pair of well-formed keys', () => {
    fc.assert(
      fc.property(oddKeys, oddKeys, (a, b) => assert.equal(Math.sign(compareKeys(a, b)), byBytes(a, b))),
      { numRuns: 2000 },
    );
  });

  test('is the order of code points for keys with lone surrogates, and swaps its sign with its arguments', () => {
    const units = fc.constantFrom('a', '\ud7ff', '\ud83d', '\udc80', '\udcff', '\ude00', '\ue000', '\uffff');
    const keys = fc.array(units, { maxLength: 4 }).map((chosen) => chosen.join(''));
    const byCodePoints = (a: string, b: string) => {
      const [x, y] = [a, b].map((key) => Array.from(key, (c) => c.codePointAt(0) ?? 0)) as [number[], number[]];
      const at = x.findIndex((point, i) => point !== y[i]);
      return at === -1 ? Math.sign(x.length - y.length) : y[at] === undefined ? 1 : Math.sign((x[at] ?? 0) - y[at]);
    };
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        assert.equal(Math.sign(compareKeys(a, b)), byCodePoints(a, b));
        assert.equal(Math.sign(compareKeys(b, a)) + byCodePoints(a, b), 0);
      }),
      { numRuns: 2000 },
    );
  });

  for (const [first, second, why] of [
    ['a', 'b', 'letters'],
    ['a', 'a/', 'a beginning comes first'],
    ['', 'a', 'the empty key comes before all'],
    ['B', 'a', 'capitals before small letters'],
    ['cam1/', 'cam10/', 'a slash before a digit'],
    ['e\u0301', '\u00e9', 'a decomposed é before the composed one'],
    ['\ufffd', '\u{1f4f7}', 'U+FFFD before an emoji, other than in UTF-16'],
    ['\ue000', '\u{10000}', 'the private use area before everything astral'],
    ['\udc80', '\ue000', 'a byte that is no UTF-8 before the private use area'],
    ['\udc80', '\u{1f4f7}', 'a byte that is no UTF-8 before an emoji'],
    ['\ud83d\ue000', '\ud83d\ude00', 'a lone half before a pair that begins with it'],
  ] as const) {
    test(`${why}: ${JSON.stringify(first)} < ${JSON.stringify(second)}`, () => {
      assert.ok(compareKeys(first, second) < 0);
      assert.ok(compareKeys(second, first) > 0);
      assert.equal(compareKeys(first, `${first}`), 0);
    });
  }
});
