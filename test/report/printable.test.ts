// Keys on a terminal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../lib/report/printable.ts';

const TABLE: readonly (readonly [what: string, key: string, printed: string])[] = [
  ['usual keys', 'cam1/pictures/20260501/20260501120000.jpg', 'cam1/pictures/20260501/20260501120000.jpg'],
  ['letters of any script, and spaces', 'Kamera Süd/写真 1\u202f2.jpg', 'Kamera Süd/写真 1\u202f2.jpg'],
  ['pairs of surrogates', '🏔.jpg', '🏔.jpg'],
  ['a newline', 'a\nb', 'a\\u{a}b'],
  ['what would colour or clear a terminal', '\u001b[2Ja', '\\u{1b}[2Ja'],
  ['the same in one byte', '\u009b2Ja', '\\u{9b}2Ja'],
  ['what reverses the direction of writing', 'a\u202egpj.exe', 'a\\u{202e}gpj.exe'],
  ['a byte that is no UTF-8, as a folder lists it', 'a\udc80', 'a\\u{dc80}'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
];
for (const [what, key, printed] of TABLE) test(`${what}: ${printed}`, () => assert.equal(printable(key), printed));
