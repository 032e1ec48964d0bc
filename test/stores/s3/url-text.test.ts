// Keys sent as URLs, decoded together as decodeURIComponent decodes each.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeUrlTexts as decodeIn } from '../../../lib/stores/s3/url-text.ts';

/** Each between what is none of it. */
const decodeUrlTexts = (texts: readonly string[]): string[] => {
  const froms: number[] = [];
  let page = 'ä%';
  for (const text of texts) {
    froms.push(page.length);
    page += `${text}%41`;
  }
  return decodeIn(
    page,
    froms,
    froms.map((from, i) => from + texts[i]!.length),
  );
};

const keys = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 20 });

describe('keys sent as URLs', () => {
  test('come back, whatever is in them', () => {
    fc.assert(
      fc.property(keys, (texts) => {
        const encoded = texts.map(encodeURIComponent);
        assert.deepEqual(decodeUrlTexts(encoded), texts);
        assert.deepEqual(decodeUrlTexts(encoded.map((text) => text.replaceAll('%20', '+'))), texts);
      }),
    );
  });

  test('come back where every byte is encoded, in small letters too', () => {
    const bytewise = (text: string): string =>
      [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    fc.assert(fc.property(keys, (texts) => assert.deepEqual(decodeUrlTexts(texts.map(bytewise)), texts)));
  });

  test('may be longer than any page, and hold what should have been encoded', () => {
    const [long, short] = decodeUrlTexts([`${'%C3%A4'.repeat(50_000)}+`, 'a']);
    assert.equal(long, `${'ä'.repeat(50_000)} `);
    assert.equal(short, 'a');
    assert.deepEqual(decodeUrlTexts(['a%0Ab', 'ä+%C3%A4', '']), ['a\nb', 'ä ä', '']);
  });

  test('are refused where one is none, as decodeURIComponent refuses it, and it is named', () => {
    const odd = fc.string({
      unit: fc.constantFrom('%', 'C', '3', 'a', '4', 'g', 'ä', '%ED%A0%80', '%F0%9F', '%98%80', '%D0', '%BA', 'Ł'),
      maxLength: 12,
    });
    const isRefused = (text: string): boolean => {
      try {
        decodeURIComponent(text);
        return false;
      } catch {
        return true;
      }
    };
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 4 }), (texts) => {
        if (!texts.some(isRefused)) return assert.deepEqual(decodeUrlTexts(texts), texts.map(decodeURIComponent));
        return assert.throws(
          () => decodeUrlTexts(texts),
          (error: URIError) =>
            error.name === 'URIError' && isRefused(error.cause as string) && texts.includes(error.cause as string),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('that are halves of one character are refused, although they would make it together', () => {
    assert.throws(() => decodeUrlTexts(['a%D0', '%BAb']), { name: 'URIError', cause: 'a%D0' });
  });
});
