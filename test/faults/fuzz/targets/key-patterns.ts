// Fuzz target: key patterns, and the times they find in keys.
import assert from 'node:assert/strict';
import { captureOf } from '../../../../lib/compare/capture.ts';
import { compileKeyPattern } from '../../../../lib/compare/key-pattern.ts';
import { unlessRefused } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

const KEYS = ['', 'cam1/2026/05/01/120000.jpg', '20260501120000', '9'.repeat(500), 'x'.repeat(1_024), '\u{1f4f7}/0'];

export const open: OpenTarget = () => ({
  words: [
    ...[
      '(?<year>',
      '(?<month>',
      '(?<camera>',
      '(?<toString>',
      '(?<__proto__>',
      '\\d{4}',
      '\\d+',
      '.*',
      '{1,1000}',
      '{1000}',
    ],
    ...[
      '(?=',
      '(?!',
      '\\1',
      '\\k<year>',
      '\\Q',
      '\\E',
      '[[:alpha:]]',
      '[^',
      '|',
      ')',
      '(?i)',
      '\\p{L}',
      '(?P<day>',
      '{2,',
    ],
  ],
  check: (input) => {
    const pattern = unlessRefused(() => compileKeyPattern(input.toString('utf8')), 'Error');
    if (pattern === undefined) return;
    for (const key of KEYS) {
      const { capturedAt } = captureOf(key, pattern);
      assert.ok(capturedAt === undefined || Number.isFinite(capturedAt), 'a time is one');
    }
  },
});
