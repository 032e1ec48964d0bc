// Which kind of file a key names.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Kind, kindOf } from '../../lib/compare/kind.ts';

const cases: readonly (readonly [string, Kind])[] = [
  ['cam/pictures/20260101/20260101120000.jpg', 'jpg'],
  ['a.JPG', 'jpg'],
  ['a.jpeg', 'jpg'],
  ['a.b.Jpeg', 'jpg'],
  ['cam/pictures/raw/20260101/20260101120000.jpg', 'raw'],
  ['raw/a.txt', 'raw'],
  ['cam/RAW/a', 'raw'],
  ['cam/raw/', 'raw'],
  ['a.cr2', 'raw'],
  ['a.NEF', 'raw'],
  ['a.dng', 'raw'],
  ['a.raw', 'raw'],
  ['cam/raw', 'other'],
  ['draw/a.jpg', 'jpg'],
  ['raws/a.jpg', 'jpg'],
  ['a.txt', 'other'],
  ['jpg', 'other'],
  ['a.jpg/b', 'other'],
  ['a.jpg/', 'other'],
  ['a.', 'other'],
  ['', 'other'],
];

describe('the kind of a key', () => {
  for (const [key, kind] of cases) test(`"${key}" is ${kind}`, () => assert.equal(kindOf(key), kind));
});
