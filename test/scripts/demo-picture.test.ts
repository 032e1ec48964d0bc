// The demo's pictures are real ones: decodable, distinct, of a size that cameras send.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import jpeg from 'jpeg-js';
import { drawPicture } from '../../scripts/demo-picture.ts';

test('the pictures of a day are decodable, distinct and at least 5 KB', () => {
  const drawn = Array.from({ length: 48 }, (_, i) => drawPicture(i / 48, i));
  for (const picture of drawn) {
    assert.ok(picture.length >= 5_000, `${picture.length} bytes`);
    const { width, height, data } = jpeg.decode(picture, { useTArray: true });
    assert.equal(data.length, width * height * 4);
  }
  assert.equal(new Set(drawn.map((picture) => createHash('sha256').update(picture).digest('hex'))).size, 48);
});

test('noon is brighter than midnight: what is decoded is the scene that was drawn', () => {
  const brightness = (timeOfDay: number): number => {
    const { data } = jpeg.decode(drawPicture(timeOfDay, 1), { useTArray: true });
    return data.reduce((sum, value, i) => (i % 4 === 1 ? sum + value : sum), 0);
  };
  assert.ok(brightness(0.5) > 2 * brightness(0));
});

test('the same moment and seed make the same bytes', () => {
  assert.deepEqual(drawPicture(0.4, 7), drawPicture(0.4, 7));
});
