// What every store promises of writing: whole pictures, and never over another one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type OpenPicture,
  type PictureFacts,
  type Store,
  type WriteGuard,
  type WriteResult,
  wasOpened,
} from '../../../lib/stores/store.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import { bodyOf, CREATE, keysOf, md5, memory, pagesOf, read, type Subject, said } from './subject.ts';

export const writingContract = (subject: Subject): void => {
  describe(`${subject.name}: writing`, () => {
    const write = (
      store: Store,
      key: string,
      picture: OpenPicture,
      guard: WriteGuard = CREATE,
      tags = false,
    ): Promise<WriteResult> => store.write(key, picture, guard, { tags }, memory);

    test('creates pictures small, large and empty', async () => {
      const { store, peek } = await subject.open();
      for (const content of ['', 'x', 'x'.repeat(300_000)]) {
        const key = `cam1/${content.length}.jpg`;
        const facts = { md5: md5(content) };
        assert.deepEqual(await write(store, key, madeUpPicture(content, { facts })), { outcome: 'written' });
        assert.equal((await peek(key))?.toString(), content);
      }
    });

    test('never overwrites when creating', async () => {
      const { store, put, peek } = await subject.open();
      await put('a', 'was here');
      assert.deepEqual(await write(store, 'a', madeUpPicture('other')), { outcome: 'occupied' });
      assert.deepEqual(await write(store, 'a', madeUpPicture('other')), { outcome: 'occupied' });
      assert.equal((await peek('a'))?.toString(), 'was here');
    });

    test('replaces exactly the version that was read', async () => {
      const { store, put, peek } = await subject.open();
      await put('a', 'old');
      const was = await store.facts('a');
      assert.ok(was);
      assert.deepEqual(await write(store, 'a', madeUpPicture('newer'), { kind: 'replace', was }), {
        outcome: 'written',
      });
      // Whoever read the old version too comes too late.
      assert.deepEqual(await write(store, 'a', madeUpPicture('late one'), { kind: 'replace', was }), {
        outcome: 'occupied',
      });
      assert.equal((await peek('a'))?.toString(), 'newer');
    });

    test('replaces nothing where nothing is any more', async () => {
      const { store, peek } = await subject.open();
      const was: PictureFacts = { size: 3, modifiedAt: 1_700_000_000_000, etag: md5('old'), metadata: {} };
      assert.deepEqual(await write(store, 'a', madeUpPicture('new'), { kind: 'replace', was }), {
        outcome: 'occupied',
      });
      assert.equal(await peek('a'), undefined);
    });

    const broken: [what: string, picture: () => OpenPicture, expected: string][] = [
      ['of another MD5', () => madeUpPicture('pictura', { facts: { md5: md5('picture') } }), 'failed(corrupted)'],
      ['too short', () => madeUpPicture('pict', { facts: { size: 7 } }), 'failed(corrupted)'],
      ['too long', () => madeUpPicture('pictures', { facts: { size: 7 } }), 'failed(corrupted)'],
      ['that changed meanwhile', () => madeUpPicture('picture', { unchanged: false }), 'changedOnSource'],
    ];
    for (const [what, picture, expected] of broken)
      test(`keeps nothing of a picture ${what}`, async () => {
        const { store, peek } = await subject.open();
        assert.equal(said(await write(store, 'a', picture())), expected);
        assert.equal(await peek('a'), undefined);
        assert.deepEqual(await keysOf(store), []);
      });

    test('keeps nothing of a picture that broke off', async () => {
      const { store, peek } = await subject.open();
      const picture = madeUpPicture('pict', { facts: { size: 7 }, breaks: new Error('reset') });
      const result = await write(store, 'a', picture).catch((error: Error) => error.message);
      assert.notEqual(Object(result).outcome, 'written');
      assert.equal(await peek('a'), undefined);
    });

    test('keeps the original time to the millisecond', async () => {
      const { store } = await subject.open();
      const originalTime = 1_700_000_000_124;
      await write(store, 'a.jpg', madeUpPicture('x', { facts: { originalTime } }));
      assert.equal(Math.floor((await store.facts('a.jpg'))?.originalTime ?? 0), originalTime);
      const picture = await read(store, 'a.jpg', 1);
      assert.ok(wasOpened(picture) && Math.floor(picture.facts.originalTime ?? 0) === originalTime);
      await bodyOf(picture);
    });

    test('keeps what else is known of a picture, as far as it can', async () => {
      const { store } = await subject.open();
      const facts = {
        contentType: 'image/jpeg',
        contentDisposition: 'inline',
        contentLanguage: 'de',
        cacheControl: 'max-age=60',
        metadata: { camera: 'north', 'lens-mm': '35' },
        tags: { customer: 'a b', 'x+y': 'z=1&2' },
        originalTime: 1_700_000_000_000,
      };
      assert.deepEqual(await write(store, 'cam1/a.jpg', madeUpPicture('x', { facts }), CREATE, true), {
        outcome: 'written',
      });
      const kept = await store.facts('cam1/a.jpg', { tags: true });
      assert.equal(kept?.contentType, 'image/jpeg');
      if (subject.keeps === 'nothing') return assert.deepEqual(kept?.metadata, {});
      const { mtime, ...metadata } = kept?.metadata ?? {};
      assert.deepEqual({ ...kept, metadata }, { ...kept, ...facts });
      assert.equal(mtime, '1700000000');
    });

    test('takes console folder markers', async () => {
      const { store } = await subject.open();
      assert.deepEqual(await write(store, 'cam1/', madeUpPicture('')), { outcome: 'written' });
      assert.deepEqual(await write(store, 'cam1/', madeUpPicture('')), { outcome: 'occupied' });
      assert.equal((await store.facts('cam1/'))?.size, 0);
      const entries = (await pagesOf(store)).flatMap(({ entries }) => entries);
      assert.deepEqual(
        entries.map(({ key, size }) => [key, size]),
        [['cam1/', 0]],
      );
    });
  });
};
