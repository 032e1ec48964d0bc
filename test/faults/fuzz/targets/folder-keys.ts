// Fuzz target: any key on its way into a folder, on every kind of machine: below the root, or refused by name.
import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { isPlace, placeBelow } from '../../../../lib/stores/folder/paths.ts';
import type { OpenTarget } from '../target.ts';

const ROOTS = { linux: '/pictures', darwin: '/pictures', win32: 'C:\\pictures' } as const;

export const open: OpenTarget = () => ({
  words: [
    ...[
      '.picferry',
      '.picferry/',
      '.picferry-0123abcd-1-0123456789abcdef.tmp',
      '/.picferry/0123abcd-1-0123456789abcdef.tmp',
    ],
    ...['..', '../', '..\\', './', 'aux', 'COM1', 'lpt9.jpg', 'conin$', 'a ', 'a.', 'a:b', '\u00b9', 'C:', '\\\\?\\'],
    ...['.PICFERRY', '\u202e', '\u0001', 'x'.repeat(255), 'x'.repeat(256), '\u{1f4f7}'.repeat(64)],
  ],
  check: (input) => {
    const key = input.toString('utf8');
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const root = ROOTS[platform];
      const place = placeBelow(root, key, platform);
      if (!isPlace(place)) {
        assert.match(place.reason, /^(keyNotAllowed|notUtf8)$/);
        assert.ok(place.detail.length > 0);
        continue;
      }
      const { sep, resolve } = platform === 'win32' ? win32 : posix;
      // Nothing is left for the system to fold: the path is spelled as it is meant.
      assert.equal(resolve(place.path), place.path);
      assert.ok(place.path.startsWith(root + sep) && !place.path.includes('\0'));
      assert.equal(
        place.path
          .slice(root.length + 1)
          .split(sep)
          .join('/'),
        place.marker ? key.slice(0, -1) : key,
      );
      const name = place.path.slice(root.length + 1);
      assert.ok(name.split(sep).every((segment) => Buffer.byteLength(segment) <= 255 && segment !== ''));
      assert.doesNotMatch(name.split(sep)[0] ?? '', platform === 'linux' ? /^\.picferry$/ : /^\.picferry$/i);
    }
  },
});
