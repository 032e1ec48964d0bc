// A picture's bytes in its file: copied by the system where they need not pass, and all of them whoever copied.
import assert from 'node:assert/strict';
import { appendFile, chmod, type FileHandle, open as openFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { fill } from '../../../lib/stores/folder/fill.ts';
import { Pace } from '../../../lib/stores/pace.ts';
import { pacedPicture } from '../../../lib/stores/paced-body.ts';
import type { OpenPicture } from '../../../lib/stores/store.ts';
import { wasOpened } from '../../../lib/stores/store.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import { harvest, plant, scratchFolder } from '../../support/scratch.ts';
import { open, write } from './writing.ts';

/** Of a folder, opened; `passed` tells whether its bytes were read here. */
const opened = async (t: TestContext, content: string | Buffer, mode = 0o600) => {
  const source = await scratchFolder(t);
  await plant(source, { a: content });
  await chmod(join(source, 'a'), mode);
  const store = await open(source);
  const picture = await store.read('a', { size: content.length, listedAt: Date.now() + 60_000 }, { tags: false });
  assert.ok(wasOpened(picture));
  return { picture, file: join(source, 'a'), passed: () => picture.body.readableDidRead };
};

describe('from folder to folder', () => {
  for (const [what, content] of [
    ['a small one', 'picture'],
    ['an empty one', ''],
    ['a larger one', Buffer.alloc(1_000_003, 'abc')],
  ] as const)
    test(`the system copies ${what}: no byte of it passes`, async (t) => {
      const { picture, passed } = await opened(t, content);
      const root = await scratchFolder(t);
      assert.deepEqual(await write(root, 'b', picture), { outcome: 'written' });
      assert.deepEqual(await readFile(join(root, 'b')), Buffer.from(content));
      assert.equal(passed(), false);
      assert.equal(picture.body.destroyed, true);
    });

  test('a copy has the permissions of a new file, not those of its source', async (t) => {
    const { picture } = await opened(t, 'picture', 0o4700);
    const root = await scratchFolder(t);
    await write(root, 'b', picture);
    await write(root, 'new', madeUpPicture('x'));
    assert.equal((await stat(join(root, 'b'))).mode, (await stat(join(root, 'new'))).mode);
  });

  test('what grew while it was copied is not kept', async (t) => {
    const { picture, file } = await opened(t, 'picture');
    const root = await scratchFolder(t);
    const grows: OpenPicture = {
      ...picture,
      copyTo: async (path) => {
        await appendFile(file, ' and more');
        await picture.copyTo!(path);
      },
    };
    assert.deepEqual(await write(root, 'b', grows), { outcome: 'changedOnSource' });
    assert.deepEqual(await harvest(root), {});
  });

  test('what the system copied short is not kept', async (t) => {
    const { picture } = await opened(t, 'picture');
    const root = await scratchFolder(t);
    const short: OpenPicture = { ...picture, copyTo: async (path) => void (await appendFile(path, 'pic')) };
    const result = await write(root, 'b', short);
    assert.ok(result.outcome === 'failed' && result.reason === 'corrupted', JSON.stringify(result));
    assert.deepEqual(await harvest(root), {});
  });

  test('where the system cannot, after half of it even, the bytes pass', async (t) => {
    const { picture, passed } = await opened(t, 'picture');
    const root = await scratchFolder(t);
    const refuses: OpenPicture = {
      ...picture,
      copyTo: async (path) => {
        await appendFile(path, 'something much longer than the picture');
        throw Object.assign(new Error('EPERM: copyfile'), { code: 'EPERM' });
      },
    };
    assert.deepEqual(await write(root, 'b', refuses), { outcome: 'written' });
    assert.deepEqual(await harvest(root), { b: 'picture' });
    assert.equal(passed(), true);
  });

  test('bytes that are to be hashed pass, and those that are held back', async (t) => {
    const hashed = await opened(t, 'picture');
    const root = await scratchFolder(t);
    const facts = { ...hashed.picture.facts, md5: 'another' };
    const result = await write(root, 'b', { ...hashed.picture, facts });
    assert.ok(result.outcome === 'failed' && result.reason === 'corrupted');
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
  assert.equal(await fill({ path, handle: stingy, mode: (await file.stat()).mode }, picture), undefined);
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'pictures');
});
