// Fuzz target: links to report files. Whatever is not, byte for byte, what was signed opens nothing.
import assert from 'node:assert/strict';
import { createSignedLinks } from '../../../../lib/embedded/signed-links.ts';
import type { OpenTarget } from '../target.ts';

const NOW = Date.UTC(2026, 4, 1);
const PATH = 'migrations/20260501-120000-abcdef/report.html';

export const open: OpenTarget = async () => {
  const signed = createSignedLinks({ origin: () => '', key: 'key', linkSeconds: 3_600, now: () => NOW });
  const own = (await signed.to(PATH)).url;
  const saved = (await signed.to(PATH, { saveAs: 'a.html' })).url;
  const signatures = [own, saved].map((url) => url.slice(url.lastIndexOf('&signature=')));
  return {
    words: [
      ...[
        own,
        saved,
        ...signatures,
        '&signature=',
        '?expires=9999999999',
        '&expires=9999999999',
        '&saveAs=x',
        '/files/',
      ],
      ...[
        '%2e%2e/',
        '../',
        'migrations/other/report.json',
        '#',
        '?',
        '&',
        '=',
        '%26signature%3d',
        'http://evil.example',
      ],
    ],
    check: (input) => {
      const text = input.toString('utf8');
      const linked = signed.read(text);
      if (text === own) return assert.deepEqual(linked, { path: PATH });
      if (text === saved) return assert.deepEqual(linked, { path: PATH, saveAs: 'a.html' });
      assert.equal(linked, 'changed');
    },
  };
};
