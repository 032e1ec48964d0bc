// What every store promises of reading: the bytes and facts of what was listed, or why not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { wasOpened } from '../../../lib/stores/store.ts';
import { bodyOf, filled, md5, NO_TAGS, pagesOf, read, type Subject } from './subject.ts';

export const readingContract = (subject: Subject): void => {
  describe(`${subject.name}: reading`, () => {
    test('hands out bytes and facts of what was listed', async () => {
      const content = Buffer.alloc(700_001, 'picture');
      const { store, put } = await subject.open();
      await put('cam1/a.jpg', content);
      const picture = await read(store, 'cam1/a.jpg', content.length);
      assert.deepEqual(await bodyOf(picture), content);
      assert.ok(wasOpened(picture) && picture.facts.size === content.length && (await picture.unchanged()));
    });

    test('refuses what is gone, of another size, or younger than its listing', async () => {
      const { store } = await filled(subject, { a: 'hello' });
      const modifiedAt = (await store.facts('a'))?.modifiedAt ?? 0;
      assert.deepEqual(await read(store, 'b', 5), { outcome: 'goneFromSource' });
      assert.deepEqual(await read(store, 'a', 6), { outcome: 'changedOnSource' });
      const stale = await store.read('a', { size: 5, listedAt: modifiedAt - 10_000 }, NO_TAGS);
      assert.deepEqual(stale, { outcome: 'changedOnSource' });
    });

    test('facts say what is there, and that nothing is', async () => {
      const { store } = await filled(subject, { 'cam1/a': 'hello' });
      assert.equal((await store.facts('cam1/a'))?.size, 5);
      for (const key of ['cam1', 'cam1/b', 'cam1/a/b', 'a\udc80']) assert.equal(await store.facts(key), undefined);
    });

    test('--checksum compares by the MD5 of the content', async () => {
      const { store } = await filled(subject, { a: 'hello' });
      const [entry] = (await pagesOf(store)).flatMap(({ entries }) => entries);
      assert.ok(entry);
      assert.equal(await store.md5(entry), md5('hello'));
    });
  });
};
