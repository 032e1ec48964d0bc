// Keys sent as URLs, decoded as decodeURIComponent decodes them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeUrlText } from '../../../lib/stores/s3/url-text.ts';

const key = fc.string({ unit: 'binary', maxLength: 60 });

describe('a key sent as a URL', () => {
  test('comes back, whatever is in it', () => {
    fc.assert(
      fc.property(key, (text) => {
        assert.equal(decodeUrlText(encodeURIComponent(text)), text);
        assert.equal(decodeUrlText(encodeURIComponent(text).replaceAll('%20', '+')), text);
      }),
    );
  });

  test('comes back where every byte is encoded, in small letters too', () => {
    fc.assert(
      fc.property(key, (text) => {
        const encoded = [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        assert.equal(decodeUrlText(encoded), text);
      }),
    );
  });

  test('may be longer than any key, and hold what should have been encoded', () => {
    assert.equal(decodeUrlText(`${'%C3%A4'.repeat(5_000)}+`), `${'ä'.repeat(5_000)} `);
    assert.equal(decodeUrlText('ä+%C3%A4'), 'ä ä');
  });

  test('is refused where it is none, as decodeURIComponent refuses it', () => {
    const odd = fc.string({
      unit: fc.constantFrom('%', 'C', '3', 'a', '4', 'g', 'ä', '%ED%A0%80', '%F0%9F', 'Ł'),
      maxLength: 12,
    });
    const outcome = (decode: (text: string) => string, text: string): string => {
      try {
        return decode(text);
      } catch (error) {
        return (error as Error).name;
      }
    };
    fc.assert(
      fc.property(odd, (text) => assert.equal(outcome(decodeUrlText, text), outcome(decodeURIComponent, text))),
      { numRuns: 1_000 },
    );
  });
});
