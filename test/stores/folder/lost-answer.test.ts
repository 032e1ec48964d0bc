// A link or rename that happened although its answer was an error, as on a network share: the picture is written, and said to be.
import assert from 'node:assert/strict';
import { link, rename } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { Naming } from '../../../lib/stores/folder/placement.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import { harvest, plant, scratchFolder } from '../../support/scratch.ts';
import { open, reasonOf, write } from './writing.ts';

const saying = (code: string, does: boolean): Naming => {
  const after =
    (work: (from: string, to: string) => Promise<void>) =>
    async (from: string, to: string): Promise<void> => {
      if (does) await work(from, to);
      throw Object.assign(new Error(code), { code });
    };
  return { link: after(link), rename: after(rename) };
};

describe('naming a picture', () => {
  // EEXIST: the share's client asked twice, and the second time something was there.
  for (const code of ['EIO', 'EEXIST']) {
    test(`a link that was made, answered with ${code}`, async (t) => {
      const root = await scratchFolder(t);
      const result = await write(root, 'a', madeUpPicture('x'), { kind: 'create' }, saying(code, true));
      assert.equal(reasonOf(result), 'written');
      assert.deepEqual(await harvest(root), { a: 'x' });
    });
  }

  test('a link that was not made', async (t) => {
    const root = await scratchFolder(t);
    const result = await write(root, 'a', madeUpPicture('x'), { kind: 'create' }, saying('EIO', false));
    assert.equal(reasonOf(result), 'failed(destinationUnavailable)');
    assert.deepEqual(await harvest(root), {});
  });

  for (const [does, reason, there] of [
    [true, 'written', 'new'],
    [false, 'failed(destinationUnavailable)', 'old'],
  ] as const) {
    test(`a rename that was ${does ? '' : 'not '}made, answered with EIO`, async (t) => {
      const root = await scratchFolder(t);
      await plant(root, { a: 'old' });
      const was = await (await open(root)).facts('a');
      assert.ok(was);
      const result = await write(root, 'a', madeUpPicture('new'), { kind: 'replace', was }, saying('EIO', does));
      assert.equal(reasonOf(result), reason);
      assert.deepEqual(await harvest(root), { a: there });
    });
  }
});
