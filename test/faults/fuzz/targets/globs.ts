// Fuzz target: globs, alone and together, and what they say of keys.
import assert from 'node:assert/strict';
import { compileGlobs } from '../../../../lib/compare/glob.ts';
import { unlessRefused } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

const KEYS = ['', 'a', 'cam1/20260501.jpg', 'a/b/c.jpg', `${'a'.repeat(1_020)}.jpg`, '\n', '{', '\\', 'a/', '*'];

export const open: OpenTarget = () => ({
  words: [
    ...[
      '**',
      '*',
      '?',
      '[!',
      '[^',
      '[:alpha:]',
      '[:toString:]',
      '[[:digit:]]',
      '{1..31}',
      '{a,b}',
      '{a..f}',
      '@(',
      '+(',
      '*(',
    ],
    ...['!(', '\\', '|', ')', '{9..1}', '{1..999999}', '[z-a]', '[]', '[/]', '(?', '!', '{__proto__..a}'],
  ],
  check: (input) => {
    const globs = input.toString('utf8').split('\n');
    const test = unlessRefused(() => compileGlobs(globs), 'Error');
    for (const key of KEYS) if (test) assert.equal(typeof test(key), 'boolean');
  },
});
