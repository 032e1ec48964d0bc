// Which keys a folder holds, where, and which it refuses by name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isPlace, placeBelow } from '../../../lib/stores/folder/paths.ts';

const pathOf = (key: string, platform: NodeJS.Platform = 'linux', root = '/pictures'): string => {
  const place = placeBelow(root, key, platform);
  return isPlace(place) ? place.path : `${place.reason}: ${place.detail}`;
};

describe('where a key stands below a folder', () => {
  const held: [key: string, path: string][] = [
    ['a.jpg', '/pictures/a.jpg'],
    ['cam1/pictures/20240101/a.jpg', '/pictures/cam1/pictures/20240101/a.jpg'],
    ['cam1/', '/pictures/cam1'],
    ['a b+c?d#e%2F&.jpg', '/pictures/a b+c?d#e%2F&.jpg'],
    ['back\\slash', '/pictures/back\\slash'],
    ['new\nline', '/pictures/new\nline'],
    ['...', '/pictures/...'],
    ['..a/.b', '/pictures/..a/.b'],
    ['cam1/.picferry/a.jpg', '/pictures/cam1/.picferry/a.jpg'],
    ['cam1/01234567-999-0123456789abcdef.tmp', '/pictures/cam1/01234567-999-0123456789abcdef.tmp'],
    ['.picferry2', '/pictures/.picferry2'],
    ['.PICFERRY/a', '/pictures/.PICFERRY/a'],
    ['CON', '/pictures/CON'],
    ['e\u0301', '/pictures/e\u0301'],
    ['\u{1f4f7}.jpg', '/pictures/\u{1f4f7}.jpg'],
    ['x'.repeat(255), `/pictures/${'x'.repeat(255)}`],
  ];
  for (const [key, path] of held)
    test(`holds ${JSON.stringify(key.slice(0, 40))}`, () => assert.equal(pathOf(key), path));

  const refused: [key: string, why: RegExp][] = [
    ['', /keyNotAllowed: an empty name/],
    ['/', /keyNotAllowed: an empty name/],
    ['/etc/passwd', /keyNotAllowed: an empty name/],
    ['a//b', /keyNotAllowed: an empty name/],
    ['a//', /keyNotAllowed: an empty name/],
    ['.', /keyNotAllowed: the name "\."/],
    ['..', /keyNotAllowed: the name "\.\."/],
    ['../a', /keyNotAllowed: the name "\.\."/],
    ['a/../../b', /keyNotAllowed: the name "\.\."/],
    ['a/./b', /keyNotAllowed: the name "\."/],
    ['a/..', /keyNotAllowed: the name "\.\."/],
    ['../', /keyNotAllowed: the name "\.\."/],
    ['a\0b', /keyNotAllowed: .*NUL/],
    ['.picferry', /keyNotAllowed: .*Picferry's own/],
    ['.picferry/', /keyNotAllowed: .*Picferry's own/],
    ['.picferry/x.tmp', /keyNotAllowed: .*Picferry's own/],
    ['cam1/.picferry-00000000-1-0123456789abcdef.tmp', /keyNotAllowed: .*temporary/],
    // Listings hide it, so a copy of it would be missing for ever.
    ['cam1/.picferry/01234567-999-0123456789abcdef.tmp', /keyNotAllowed: .*temporary/],
    ['x'.repeat(256), /keyNotAllowed: .*255 bytes/],
    ['é'.repeat(128), /keyNotAllowed: .*255 bytes/],
    ['a\udc80', /notUtf8/],
  ];
  for (const [key, why] of refused)
    test(`refuses ${JSON.stringify(key.slice(0, 40))}`, () => assert.match(pathOf(key), why));

  const onWindows: [key: string, expected: string | RegExp][] = [
    ['cam1/a.jpg', 'D:\\pictures\\cam1\\a.jpg'],
    ['console.jpg', 'D:\\pictures\\console.jpg'],
    ['back\\slash', /does not allow/],
    ['..\\up', /does not allow/],
    ['C:/x', /does not allow/],
    ['a?b', /does not allow/],
    ['new\nline', /does not allow/],
    ['con', /device/],
    ['cam1/NUL.txt', /device/],
    ['Lpt1.jpg', /device/],
    ['dot.', /last character/],
    ['blank /a', /last character/],
    ['.PicFerry/a', /Picferry's own/],
  ];
  for (const [key, expected] of onWindows)
    test(`on Windows: ${JSON.stringify(key)}`, () => {
      const path = pathOf(key, 'win32', 'D:\\pictures');
      if (typeof expected === 'string') assert.equal(path, expected);
      else assert.match(path, expected);
    });

  test('names the folders on the way, outermost first', () => {
    const place = placeBelow('/pictures', 'cam1/raw/a.dng', 'linux');
    assert.deepEqual(isPlace(place) && place.parents, ['/pictures/cam1', '/pictures/cam1/raw']);
    const marker = placeBelow('/', 'cam1/raw/', 'linux');
    assert.deepEqual(isPlace(marker) && marker, { path: '/cam1/raw', parents: ['/cam1'], marker: true });
  });

  test('never leaves the root, whatever the key', () => {
    const segment = fc.oneof(fc.constantFrom('.', '..', '', '...', '~', '\\..', '..\\'), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const place = placeBelow('/root', segments.join('/'), 'linux');
        if (!isPlace(place)) return;
        assert.ok(place.path.startsWith('/root/'));
        assert.ok(!place.path.split('/').some((name) => name === '.' || name === '..'));
      }),
    );
  });
});
