// Globs against a matcher that only knows their rules, and patterns that would keep a backtracking one busy for years.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { compileGlobs } from '../../lib/compare/glob.ts';
import { compileKeyPattern } from '../../lib/compare/key-pattern.ts';
import { keys } from './keys.ts';

/** A piece of a folder's or picture's name: how it is written, and where it can end when it begins at `from`. */
interface Piece {
  readonly text: string;
  readonly ends: (name: readonly string[], from: number) => readonly number[];
}

const one = (text: string, fits: (char: string) => boolean): Piece => ({
  text,
  ends: (name, from) => (name[from] !== undefined && fits(name[from]) ? [from + 1] : []),
});
const star: Piece = {
  text: '*',
  ends: (name, from) => Array.from({ length: name.length - from + 1 }, (_, i) => from + i),
};
const distinct = (ends: readonly number[]): readonly number[] => [...new Set(ends)];
const inOrder = (pieces: readonly Piece[]): Piece => ({
  text: pieces.map(({ text }) => text).join(''),
  ends: (name, from) =>
    pieces.reduce<readonly number[]>(
      (starts, piece) => distinct(starts.flatMap((start) => piece.ends(name, start))),
      [from],
    ),
});
const either = (before: string, pieces: readonly Piece[], between: string, after: string): Piece => ({
  text: `${before}${pieces.map(({ text }) => text).join(between)}${after}`,
  ends: (name, from) => distinct(pieces.flatMap((piece) => piece.ends(name, from))),
});
const repeated = (pieces: readonly Piece[], kind: '@' | '?' | '*' | '+'): Piece => {
  const group = either(`${kind}(`, pieces, '|', ')');
  const ends: Piece['ends'] = (name, from) => {
    const found = new Set(kind === '@' || kind === '+' ? group.ends(name, from) : [from, ...group.ends(name, from)]);
    if (kind === '*' || kind === '+')
      for (const end of found) for (const more of group.ends(name, end)) found.add(more);
    return [...found];
  };
  return { text: group.text, ends };
};

const ODD = [' ', '\n', '~', 'é', '\u0301', '€', '\uffff', '\u{1f4f7}', '\ud800'];
const simple = fc.constantFrom<Piece>(
  ...['a', 'b', '1', ...ODD].map((char) => one(char, (other) => other === char)),
  ...['.', '+', '%', '*', '?', '(', '|', '{', ',', '}', '[', ']', '!'].map((c) =>
    one(`\\${c}`, (other) => other === c),
  ),
  one('?', () => true),
  one('[ab€]', (char) => 'ab€'.includes(char)),
  one('[!a\u{1f4f7}]', (char) => char !== 'a' && char !== '\u{1f4f7}'),
  one('[^[:digit:].]', (char) => !/[\d.]/.test(char)),
  one('[]0-9]', (char) => /[\]0-9]/.test(char)),
  one('{1..3}', (char) => '123'.includes(char)),
);
const { piece } = fc.letrec<{ piece: Piece; name: Piece }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    simple,
    fc.constant(star),
    fc.array(tie('name'), { minLength: 2, maxLength: 3 }).map((names) => either('{', names, ',', '}')),
    fc
      .tuple(fc.array(tie('name'), { minLength: 1, maxLength: 2 }), fc.constantFrom('@', '?', '*', '+'))
      .map(([names, kind]) => repeated(names, kind)),
  ),
  // Two stars side by side are something else.
  name: fc
    .array(tie('piece'), { minLength: 1, maxLength: 3 })
    .map((pieces) =>
      inOrder(pieces.filter((one, i) => one.text !== '*' || pieces[i + 1]?.text.startsWith('*') !== true)),
    ),
}));
const name = fc
  .array(piece, { minLength: 1, maxLength: 3 })
  .map((pieces) => inOrder(pieces.filter((one, i) => one !== star || pieces[i + 1]?.text.startsWith('*') !== true)));

const isAll = ({ text, ends }: Piece, folder: string, last: boolean): boolean => {
  const chars = [...folder];
  return ends(chars, 0).includes(chars.length) && !(last && text === '*' && folder === '');
};

/** Whether the folders and the picture's name are those of the glob, `undefined` standing for `**`. */
function areThose(globs: readonly (Piece | undefined)[], folders: readonly string[]): boolean {
  const [glob, ...more] = globs;
  if (globs.length === 0) return folders.length === 0;
  const [folder, ...deeper] = folders;
  if (glob === undefined) return areThose(more, folders) || (folders.length > 1 && areThose(globs, deeper));
  return folder !== undefined && isAll(glob, folder, more.length === 0) && areThose(more, deeper);
}

describe('globs', () => {
  const pictures = keys.filter((key) => !key.endsWith('/'));

  test('without a / are about the name', () => {
    fc.assert(
      fc.property(name, pictures, (glob, key) => {
        const expected = isAll(glob, key.slice(key.lastIndexOf('/') + 1), true);
        assert.equal(compileGlobs([glob.text])(key), expected, JSON.stringify([glob.text, key]));
      }),
      { numRuns: 2_000 },
    );
  });

  test('with a / are about the whole key', () => {
    const globs = fc.tuple(
      fc.array(fc.oneof(name, fc.constant(undefined)), { minLength: 1, maxLength: 3 }),
      fc.oneof(name, fc.constant('below')),
    );
    fc.assert(
      fc.property(globs, pictures, ([folders, last], key) => {
        const text = folders.map((folder) => `${folder?.text ?? '**'}/`).join('');
        const parts = key.split('/');
        const expected =
          last === 'below'
            ? parts.some((_, i) => areThose([...folders, inOrder([])], [...parts.slice(0, i), '']))
            : areThose([...folders, last], parts);
        const glob = last === 'below' ? text : text + last.text;
        assert.equal(compileGlobs([glob])(key), expected, JSON.stringify([glob, key]));
      }),
      { numRuns: 2_000 },
    );
  });

  test('together match what one of them matches', () => {
    const some = fc.array(fc.constantFrom('a', '*b', 'a/', '**/b*', '?', 'a/{b,1}*', '[!a]1', '**'), { maxLength: 4 });
    fc.assert(
      fc.property(some, keys, (globs, key) => {
        assert.equal(
          compileGlobs(globs)(key),
          globs.some((glob) => compileGlobs([glob])(key)),
        );
      }),
    );
  });

  test('take a character for one, whatever it takes to write it', () => {
    assert.ok(compileGlobs(['?'])('\u{1f4f7}'));
    assert.ok(compileGlobs(['a?b'])('a\ud800b'));
    assert.ok(compileGlobs(['*\ud800.jpg'])('x\ud800.jpg'));
    assert.ok(!compileGlobs(['*\ud800.jpg'])('x\ud801.jpg'));
    assert.ok(compileGlobs(['[\u{1f4f0}-\u{1f4ff}]'])('\u{1f4f7}'));
  });

  test('are refused where they are too long, alone or together', () => {
    assert.throws(() => compileGlobs(['a'.repeat(1_025)]), /bad glob .* more than 1024 characters/);
    assert.throws(() => compileGlobs(['{1..600}{1..600}']), /all of a glob at most 1000/);
    assert.throws(() => compileGlobs(Array.from({ length: 30 }, () => '?'.repeat(1_000))), /30 globs are too long/);
    assert.doesNotThrow(() => compileGlobs(Array.from({ length: 100 }, (_, i) => `cam${i}/pictures/2026????/**`)));
  });
});

/** Whether it comes to its end: in a process of its own, for nothing could stop it in this one. */
const ends = async (code: string): Promise<void> => {
  const lib = new URL('../../lib/compare/', import.meta.url).href;
  const script = `
    const { compileGlobs } = await import('${lib}glob.ts');
    const { compileKeyPattern } = await import('${lib}key-pattern.ts');
    const long = ['a'.repeat(1024), 'a/'.repeat(512), 'ab1'.repeat(341)];
    ${code}`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 60_000 });
};

describe('whoever gives a pattern does not keep the process', () => {
  const globs = ['+(*)b', '+(+(+(a)))b', '*(*(a)|*(a))b', `${'*a'.repeat(511)}b`, `${'{a,a?}'.repeat(170)}b`];
  const more = [`${'**/'.repeat(300)}b`, `*a${'?'.repeat(1_000)}`, `${'{'.repeat(511)}${'}'.repeat(511)}`];
  for (const glob of [...globs, ...more]) {
    test(`with the glob ${glob.slice(0, 30)}`, () =>
      ends(`for (const key of long) compileGlobs([${JSON.stringify(glob)}])(key);`));
  }

  const patterns = ['(?<camera>)(a+)+$', `(?<camera>)${'(?:|)'.repeat(60)}$`, `(?<camera>${'a?'.repeat(400)})b`];
  const costly = ['^(?<camera>(?:(?:.{0,9}){10}){9})b', `(?<camera>)${'(a*)*'.repeat(150)}b`];
  for (const pattern of [...patterns, ...costly]) {
    test(`with the key pattern ${pattern.slice(0, 40)}`, () =>
      ends(`for (const key of long) compileKeyPattern(${JSON.stringify(pattern)}).groupsIn(key);`));
  }

  for (const [pattern, message] of [
    ['(?<camera>(?:a{100}){100})', /repeats too much/],
    [`(?<camera>${'.{0,900}'.repeat(100)})`, /repeats too much/],
    [`(?<camera>(?:(?:(?:[^/]{10}){10}){10}){3})`, /repeats too much/],
    ['(?<camera>[[:alpha:]\\]]{1000})[]a]{1000}', /repeats too much/],
    ['(?<camera>\\Q[\\E.{1000}.{1000}])', /holds \\Q/],
    [`(?<camera>${'a'.repeat(1_024)})`, /more than 1024 characters/],
    ['(?<camera>a)(?=b)', /looks around or refers back/],
    ['(?<camera>a)(?<!b)', /looks around or refers back/],
    ['(?<camera>a)\\1', /looks around or refers back/],
    ['(?<camera>a)\\k<camera>', /looks around or refers back/],
  ] as const) {
    test(`${pattern.slice(0, 40)} is refused`, () => assert.throws(() => compileKeyPattern(pattern), { message }));
  }

  test('usual repetitions are taken', () => {
    const usual = compileKeyPattern('^(?<camera>(?:[^/]{1,64}/){2})(?<year>\\d{4})(?<month>\\d{2})');
    assert.deepEqual({ ...usual.groupsIn('a/b/202601') }, { camera: 'a/b/', year: '2026', month: '01' });
  });
});
