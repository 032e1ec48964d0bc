// Inputs made of the corpus by a few edits: fast-check chooses and shrinks the edits, so that the smallest failing input is found.
import fc from 'fast-check';

const MAX_BYTES = 64 * 1024;

/** Places and lengths are fractions of the input: an edit means something whatever the ones before it left. */
type Edit =
  | { readonly do: 'set'; readonly at: number; readonly byte: number }
  | { readonly do: 'cut'; readonly at: number; readonly length: number }
  | { readonly do: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly do: 'insert'; readonly at: number; readonly word: string }
  | { readonly do: 'end'; readonly at: number }
  | { readonly do: 'splice'; readonly at: number; readonly from: number; readonly other: number };

/** What has broken parsers of every kind. */
const HARMFUL: readonly string[] = [
  ...['', '\0', '\r\n', '\n', '\ufeff', '\u202e', '\ud800', '\u{1f4f7}', 'e\u0301', '\uffff', '%00', '%2e%2e%2f', '%'],
  ...['../', '..', '/', '//', '\\', '.', 'CON', 'nul.jpg', '~', 'a'.repeat(300), '/a'.repeat(600)],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf', 'length', 'then', 'toJSON'],
  ...['0', '-0', '-1', '1e309', '9007199254740993', '9'.repeat(400), 'NaN', 'Infinity', '0x10', '1.5', 'null', 'true'],
  ...['[', ']', '{', '}', '"', "'", ',', ':', '['.repeat(2_000), '{"a":'.repeat(2_000), '('.repeat(500)],
  ...['<', '>', '&', '<script>', '<!--', '<![CDATA[', '<!DOCTYPE a [<!ENTITY b "c">]>', '&b;', '&#0;', '&#xD800;'],
  ...['$&', '$(id)', '`', ';', '--', '*', '?', '#', '=', '?a=b', '\u001b]0;', '\u009b'],
];

const fraction = fc.nat(10_000).map((n) => n / 10_000);

const editOf = (words: readonly string[]): fc.Arbitrary<Edit> =>
  fc.oneof(
    fc.record({
      do: fc.constant('insert' as const),
      at: fraction,
      word: fc.constantFrom(...words, ...HARMFUL),
    }),
    fc.record({ do: fc.constant('set' as const), at: fraction, byte: fc.nat(255) }),
    fc.record({ do: fc.constant('cut' as const), at: fraction, length: fraction }),
    fc.record({ do: fc.constant('repeat' as const), at: fraction, length: fraction, times: fc.nat(40) }),
    fc.record({ do: fc.constant('end' as const), at: fraction }),
    fc.record({ do: fc.constant('splice' as const), at: fraction, from: fraction, other: fc.nat(1_000) }),
  );

export const mutants = (corpus: readonly Buffer[], words: readonly string[]): fc.Arbitrary<Buffer> =>
  fc
    .record({ seed: fc.nat(Math.max(0, corpus.length - 1)), edits: fc.array(editOf(words), { maxLength: 6 }) })
    .map(({ seed, edits }) => {
      let bytes = corpus[seed] ?? Buffer.alloc(0);
      for (const edit of edits) bytes = edited(bytes, edit, corpus).subarray(0, MAX_BYTES);
      return bytes;
    });

const edited = (bytes: Buffer, edit: Edit, corpus: readonly Buffer[]): Buffer => {
  const at = Math.floor(edit.at * bytes.length);
  const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (edit.do) {
    case 'set':
      return Buffer.concat([before, Buffer.from([edit.byte]), behind.subarray(1)]);
    case 'cut':
      return Buffer.concat([before, behind.subarray(Math.ceil(edit.length * behind.length))]);
    case 'repeat': {
      const piece = behind.subarray(0, Math.ceil((edit.length * behind.length) / 4));
      const times = Math.min(edit.times, Math.floor(MAX_BYTES / Math.max(1, piece.length)));
      return Buffer.concat([before, ...Array.from({ length: times }, () => piece), behind]);
    }
    case 'insert':
      return Buffer.concat([before, Buffer.from(edit.word), behind]);
    case 'end':
      return before;
    case 'splice': {
      const other = corpus[edit.other % Math.max(1, corpus.length)] ?? bytes;
      return Buffer.concat([before, other.subarray(Math.floor(edit.from * other.length))]);
    }
  }
};
