// Which entries a migration is about.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileFilters, type FilterOptions } from '../../lib/compare/filters.ts';
import { compileGlobs } from '../../lib/compare/glob.ts';
import { compileKeyPattern } from '../../lib/compare/key-pattern.ts';
import { entry, keys } from './keys.ts';

const filters = (options: Partial<FilterOptions>) => compileFilters({ include: [], exclude: [], ...options });

describe('a glob', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    // A name in any folder
    ['*.jpg', ['a.jpg', 'x/y/a.jpg', '.jpg', 'x/.a.jpg', 'x/a\nb.jpg', 'x//a.jpg', '/a.jpg'], ['a.JPG', 'a.jpg/b']],
    ['a.jpg', ['a.jpg', 'x/a.jpg', '../a.jpg'], ['ba.jpg', 'a.jpgx', 'a.jpg/x']],
    ['*', ['a', '.a', 'x/a', 'x/..', '..', 'x/', '.', '...'], []],
    ['**', ['a', 'x/a', 'x/..'], []],
    ['cam1', ['cam1', 'x/cam1', 'x/cam1/'], ['cam1/a', 'cam10']],
    ['.*', ['.a', 'x/.a'], ['a', '.x/a']],
    // The whole key
    ['cam1/*.jpg', ['cam1/a.jpg', 'cam1/.a.jpg'], ['cam1/x/a.jpg', 'x/cam1/a.jpg', 'cam10/a.jpg']],
    ['cam1/**', ['cam1/a', 'cam1/x/a', 'cam1/', 'cam1//a', 'cam1/../a', 'cam1/./a', 'cam1/.x/a'], ['cam1', 'cam10/a']],
    ['**/a.jpg', ['a.jpg', 'x/a.jpg', 'x/y/a.jpg', 'x/../a.jpg'], ['ba.jpg']],
    ['**/raw/**', ['raw/a', 'x/raw/a', 'x/raw/y/a', 'x/raw/'], ['x/raw', 'draw/a']],
    ['*/pictures/202601??/*', ['c/pictures/20260131/a.jpg'], ['c/pictures/202602/a.jpg', 'c/d/pictures/20260131/a']],
    ['a/../c', ['a/../c'], ['c', 'a/c']],
    ['/a', ['/a'], ['a', 'x/a']],
    // Everything below a folder
    ['cam1/', ['cam1/a', 'cam1/x/a', 'cam1/', 'cam1/..', 'cam1//'], ['cam1', 'cam10/a', 'x/cam1/a']],
    ['cam?/', ['cam1/a', 'cam1/x/a', 'cam1/'], ['cam1', 'cam10/a']],
    ['**/raw/', ['raw/a', 'x/raw/a', 'x/raw/'], ['x/raw', 'raw']],
    // Braces, classes, alternatives
    ['*.{jpg,cr2}', ['a.jpg', 'a.cr2'], ['a.png']],
    ['{01..12}/a', ['01/a', '09/a', '12/a'], ['0/a', '1/a', '13/a', '2/a']],
    ['{9..11}', ['9', '10', 'x/11'], ['1', '12']],
    ['{a..c}.jpg', ['a.jpg', 'c.jpg'], ['d.jpg']],
    ['[!a]', ['b'], ['a']],
    ['[0-9].jpg', ['5.jpg'], ['a.jpg', '55.jpg']],
    ['\\!a', ['!a'], ['a']],
    ['a\\*b', ['a*b'], ['axb']],
    ['a+b (1).jpg', [], ['aab (1).jpg']],
    ['é', ['é'], ['e\u0301']],
  ];
  for (const [glob, matching, others] of cases) {
    test(`${glob}`, () => {
      const matches = compileGlobs([glob]);
      for (const key of matching) assert.ok(matches(key), `matches ${JSON.stringify(key)}`);
      for (const key of others) assert.ok(!matches(key), `does not match ${JSON.stringify(key)}`);
      // A test that remembers where it stopped would answer otherwise the second time.
      for (const key of matching) assert.ok(matches(key), `matches ${JSON.stringify(key)} again`);
    });
  }

  test('* and **/* match every key there is', () => {
    const [name, whole] = [compileGlobs(['*']), compileGlobs(['**/*'])];
    fc.assert(
      fc.property(keys, (key) => {
        fc.pre(!/(^|\/)\/+$/.test(key));
        assert.ok(name(key));
        assert.ok(whole(key));
      }),
    );
  });

  for (const [glob, why] of [
    ['', /non-empty/],
    ['[ab', /Missing closing: "\]"/],
    ['(a', /Missing closing/],
    ['a}b{', /bad glob "a}b\{": Missing/],
    ['[z-a]', /out of order/],
    ['!*.tmp', /opposite list/],
    ['!(*.tmp)', /opposite list/],
    ['a!(b)', /opposite list/],
    ['{1..x}', /a range is/],
    ['{1..9999}', /a range is/],
    ['{1..3,7}', /a range is/],
    ['{3..1}', /a range is/],
  ] as const) {
    test(`"${glob}" is refused by its name`, () => {
      assert.throws(
        () => filters({ include: [glob] }),
        (error: Error) => error.message.startsWith(`bad glob "${glob}": `) && why.test(error.message),
      );
      assert.throws(() => filters({ exclude: [glob] }), /bad glob/);
    });
  }
});

describe('filters', () => {
  const at = (time: string) => Date.parse(time);
  const picture = entry('cam1/pictures/20260102/20260102120000.jpg', { modifiedAt: at('2026-03-01T00:00:00Z') });
  const noon = at('2026-01-02T12:00:00Z');
  const march = picture.modifiedAt;

  const cases: readonly (readonly [string, Partial<FilterOptions>, boolean])[] = [
    ['nothing asked', {}, true],
    ['included', { include: ['*.jpg'] }, true],
    ['one of several includes', { include: ['*.png', 'cam1/'] }, true],
    ['not included', { include: ['*.png', 'cam2/'] }, false],
    ['excluded', { exclude: ['cam1/'] }, false],
    ['not excluded', { exclude: ['cam2/', '*.png'] }, true],
    ['exclude wins', { include: ['cam1/'], exclude: ['*.jpg'] }, false],
    ['captured at the very beginning', { capturedAfter: noon }, true],
    ['captured before the beginning', { capturedAfter: noon + 1 }, false],
    ['captured at the end, which is outside', { capturedBefore: noon }, false],
    ['captured just before the end', { capturedBefore: noon + 1 }, true],
    ['modified at the very beginning', { modifiedAfter: march }, true],
    ['modified before the beginning', { modifiedAfter: march + 1 }, false],
    ['modified at the end, which is outside', { modifiedBefore: march }, false],
    ['modified just before the end', { modifiedBefore: march + 1 }, true],
    ['everything fits', { include: ['*.jpg'], capturedAfter: noon, modifiedBefore: march + 1 }, true],
    ['one thing does not', { include: ['*.jpg'], capturedAfter: noon, modifiedBefore: march }, false],
    ['the pattern finds another time', { keyPattern: compileKeyPattern('^cam(?<year>.)'), capturedAfter: march }, true],
  ];
  for (const [title, options, kept] of cases) {
    test(`${title}: ${kept ? 'kept' : 'left out'}`, () => assert.equal(filters(options)(picture), kept));
  }

  test('a picture without a time in its key was captured when it was modified', () => {
    const loose = entry('loose.jpg', { modifiedAt: noon });
    assert.equal(filters({ capturedAfter: noon, capturedBefore: noon + 1 })(loose), true);
    assert.equal(filters({ capturedAfter: noon + 1 })(loose), false);
  });

  test('a span from the epoch on is a span', () => {
    assert.equal(filters({ modifiedBefore: 0 })(picture), false);
    assert.equal(filters({ modifiedAfter: 0 })(picture), true);
  });
});
