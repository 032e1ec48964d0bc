// A picture's bytes in its file: from file to file where nobody hashes them, and all of them however few a disk takes at once.
import assert from 'node:assert/strict';
import { appendFile, type FileHandle, open as openFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { fill } from '../../../lib/stores/folder/fill.ts';
import { Pace } from '../../../lib/stores/pace.ts';
import { pacedPicture } from '../../../lib/stores/paced-body.ts';
import { type OpenPicture, wasOpened } from '../../../lib/stores/store.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import { harvest, plant, scratchFolder } from '../../support/scratch.ts';
import { open, reasonOf, write } from './writing.ts';

/** Of a folder, opened; `passed` tells whether its bytes were read as a stream. */
const opened = async (t: TestContext, content: string | Buffer) => {
  const source = await scratchFolder(t);
  await plant(source, { a: content });
  const store = await open(source);
  const picture = await store.read('a', { size: content.length, listedAt: Date.now() + 60_000 }, { tags: false });
  assert.ok(wasOpened(picture));
  return { picture, file: join(source, 'a'), passed: () => picture.body.readableDidRead };
};

/** Something happens to the source once its first bytes were written. */
const meanwhile = (picture: OpenPicture, happens: () => unknown): OpenPicture => ({
  ...picture,
  passTo: (file) =>
    picture.passTo!(
      new Proxy(file, {
        get: (of, name) => {
          if (name !== 'write') return Reflect.get(of, name);
          return async (...all: Parameters<FileHandle['write']>) => {
            const written = await of.write(...all);
            await happens();
            return written;
          };
        },
      }),
    ),
});

describe('from folder to folder', () => {
  for (const [what, content] of [
    ['a small one', 'picture'],
    ['an empty one', ''],
    ['a larger one', Buffer.alloc(1_000_003, 'abc')],
  ] as const)
    test(`bytes go from file to file, without a stream: ${what}`, async (t) => {
      const { picture, passed } = await opened(t, content);
      const root = await scratchFolder(t);
      assert.deepEqual(await write(root, 'b', picture), { outcome: 'written' });
      assert.deepEqual(await readFile(join(root, 'b')), Buffer.from(content));
      assert.equal(passed(), false);
      assert.equal(picture.body.destroyed, true);
    });

  const LARGE = Buffer.alloc(1_000_003, 'abc');
  for (const [what, change] of [
    ['grew', (file: string) => appendFile(file, ' and more')],
    ['shrank', (file: string) => truncate(file, 300_000)],
    ['was written anew in place', (file: string) => writeFile(file, LARGE)],
  ] as const)
    test(`what ${what} while it was copied is not kept`, { timeout: 20_000 }, async (t) => {
      const { picture, file } = await opened(t, LARGE);
      const root = await scratchFolder(t);
      let isFirst = true;
      const changing = meanwhile(picture, () => {
        if (!isFirst) return;
        isFirst = false;
        return change(file);
      });
      assert.deepEqual(await write(root, 'b', changing), { outcome: 'changedOnSource' });
      assert.deepEqual(await harvest(root), {});
    });

  test('what is given up half-way is not kept', async (t) => {
    const { picture } = await opened(t, LARGE);
    const root = await scratchFolder(t);
    const givenUp = meanwhile(picture, () => picture.body.destroy(new Error('asked to stop')));
    picture.body.on('error', () => {});
    assert.equal(reasonOf(await write(root, 'b', givenUp)), 'failed(sourceUnavailable)');
    assert.deepEqual(await harvest(root), {});
  });

  test('bytes that are to be hashed pass as a stream, and those that are held back', async (t) => {
    const hashed = await opened(t, 'picture');
    const root = await scratchFolder(t);
    const facts = { ...hashed.picture.facts, md5: 'another' };
    assert.equal(reasonOf(await write(root, 'b', { ...hashed.picture, facts })), 'failed(corrupted)');
    assert.equal(hashed.passed(), true);
    const paced = await opened(t, 'picture');
    const pace = new Pace();
    pace.limit({ bytesPerSecond: 1e9 });
    assert.deepEqual(await write(root, 'b', pacedPicture(paced.picture, pace)), { outcome: 'written' });
    assert.equal(paced.passed(), true);
  });
});

test('bytes that a disk takes only in pieces are all written', async (t) => {
  const path = join(await scratchFolder(t), 'a');
  const file = await openFile(path, 'wx');
  const first = 3;
  const stingy = new Proxy(file, {
    get: (of, name) => {
      if (name === 'writev') return (chunks: Buffer[]) => of.writev([Buffer.concat(chunks).subarray(0, first)]);
      if (name === 'write') return (bytes: Buffer, from: number) => of.write(bytes, from, 1);
      const value: unknown = Reflect.get(of, name);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  }) as FileHandle;
  const body = Readable.from([Buffer.from('pict'), Buffer.from('ures')]);
  const picture = { ...madeUpPicture('pictures'), body };
  assert.equal(await fill(stingy, picture), undefined);
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'pictures');
});
