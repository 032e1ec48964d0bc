// Names that are no UTF-8 go through keys and back without losing a byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf, nameOf } from '../../../lib/stores/folder/names.ts';

const asBuffer = (name: string): Buffer => {
  const bytes = bytesOf(name);
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
};

test('a name that is UTF-8 stays as it is, U+FFFD and a byte order mark included', () => {
  for (const name of ['a.jpg', 'é', 'e\u0301', '\ufffd', '\ufeffa', '\u{1f4f7}'])
    assert.equal(nameOf(Buffer.from(name)), name);
});

test('bytes that are no UTF-8 become U+DC80..U+DCFF, each for itself', () => {
  assert.equal(nameOf(Buffer.from('cafe\xe9.jpg', 'latin1')), 'cafe\udce9.jpg');
  assert.equal(nameOf(Buffer.from([0x61, 0xff, 0xc3, 0xa9])), 'a\udcffé');
  // A surrogate written as UTF-8 and an overlong slash are no UTF-8 either.
  assert.equal(nameOf(Buffer.from([0xed, 0xb2, 0x80])), '\udced\udcb2\udc80');
  assert.equal(nameOf(Buffer.from([0xc0, 0xaf])), '\udcc0\udcaf');
});

test('every name comes back as the bytes it was, and no two share a text', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(bytes, (name) => {
      assert.deepEqual(asBuffer(nameOf(name)), name);
    }),
  );
});
