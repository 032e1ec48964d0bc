// Fuzz target: values of flags, and the sizes and times that are shown for them.
import assert from 'node:assert/strict';
import { collect, parseCount, parseDate, parseDuration, parseStorageClass } from '../../../../lib/cli/values.ts';
import { printable } from '../../../../lib/report/printable.ts';
import { unlessRefused } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

export const open: OpenTarget = () => ({
  words: [
    '2026-05-01',
    'T18:30',
    'Z',
    '+02:00',
    '+9999',
    'h',
    'd',
    's',
    'm',
    '10000',
    'STANDARD_IA',
    '0000-00-00',
    '.5',
  ],
  check: (input) => {
    const text = input.toString('utf8');
    const refused = 'InvalidArgumentError';
    const date = unlessRefused(() => parseDate(text), refused);
    if (date !== undefined) assert.equal(new Date(date).toISOString(), date);
    const ms = unlessRefused(() => parseDuration(text), refused);
    if (ms !== undefined) assert.ok(Number.isSafeInteger(ms) && ms >= 0);
    const count = unlessRefused(() => parseCount(text), refused);
    if (count !== undefined) assert.ok(Number.isInteger(count) && count >= 1 && count <= 10_000);
    unlessRefused(() => parseStorageClass(text), refused);
    unlessRefused(() => collect(text), refused);
    assert.doesNotMatch(printable(text), /[\p{Cc}\p{Cf}\p{Cs}]/u);
  },
});
