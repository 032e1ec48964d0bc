// What every store promises of its listings: S3's order, whole, and only what was asked for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Range } from '../../../lib/compare/range.ts';
import { byBytes, filled, isPicture, keysOf, pagesOf, type Subject } from './subject.ts';

export const listingContract = (subject: Subject): void => {
  describe(`${subject.name}: listing`, () => {
    test('says nothing where nothing is', async () => {
      const { store } = await subject.open();
      assert.deepEqual(await keysOf(store), []);
      assert.deepEqual((await store.prefixesBelow('', 5)).prefixes, []);
    });

    test('goes in code-point order, whatever UTF-16 thinks', async () => {
      const keys = ['b', 'a', 'a.jpg', 'a-', 'a0', '\uff21', '\u{1f4f7}', '\ue000', '\ud7ff', 'Z', 'é', 'e\u0301', '~'];
      const { store } = await filled(subject, Object.fromEntries(keys.map((key) => [key, 'x'])));
      assert.deepEqual(await keysOf(store), keys.sort(byBytes));
    });

    test('tells size and time, of empty pictures too', async () => {
      const before = Math.floor(Date.now() / 1_000) * 1_000;
      const { store } = await filled(subject, { 'cam1/a': 'hello', 'cam1/empty': '' });
      const pages = await pagesOf(store);
      const entries = pages.flatMap((page) => page.entries).filter(isPicture);
      assert.deepEqual(
        entries.map(({ key, size }) => [key, size]),
        [
          ['cam1/a', 5],
          ['cam1/empty', 0],
        ],
      );
      for (const { modifiedAt } of entries) assert.ok(modifiedAt >= before && modifiedAt <= Date.now() + 1_000);
      for (const { at } of pages) assert.ok(at >= before && at <= Date.now() + 1_000);
    });

    test('keeps to its range: behind `after`, up to and with `upTo`', async () => {
      const keys = ['cam', 'cam1-', 'cam1/a', 'cam1/b/c', 'cam1/b/d', 'cam10/a', 'cam2/a'];
      const { store } = await filled(subject, Object.fromEntries(keys.map((key) => [key, 'x'])));
      const ranges: Range[] = [
        { after: '', upTo: 'cam1/a' },
        { after: 'cam1/a', upTo: 'cam10/a' },
        { after: 'cam1/b/c', upTo: null },
        { after: 'cam1/', upTo: 'cam1/b/' },
        { after: 'cam10', upTo: 'cam10' },
        { after: 'cam2/a', upTo: null },
        { after: 'cam1/b', upTo: 'cam1/b0' },
      ];
      for (const range of ranges) {
        const expected = keys.filter(
          (key) => byBytes(key, range.after) > 0 && (range.upTo === null || byBytes(key, range.upTo) <= 0),
        );
        assert.deepEqual(await keysOf(store, range), expected, JSON.stringify(range));
      }
    });

    test('loses and repeats nothing where pages meet', async () => {
      const keys = Array.from({ length: 1_050 }, (_, index) => `cam${index % 3}/${10_000 + index}.jpg`);
      const { store } = await filled(subject, Object.fromEntries(keys.map((key) => [key, 'x'])));
      assert.deepEqual(await keysOf(store), keys.sort(byBytes));
      const [first, ...rest] = keys.slice(20, 1_045);
      assert.deepEqual(await keysOf(store, { after: first ?? '', upTo: rest.at(-1) ?? null }), rest);
    });

    test('finds the prefixes directly below one', async () => {
      const { store } = await filled(subject, {
        'cam10/a': '',
        'cam1/raw/x': '',
        'cam1/jpg/x': '',
        loose: '',
        'cam1/y': '',
      });
      assert.deepEqual((await store.prefixesBelow('', 5)).prefixes, ['cam1/', 'cam10/']);
      assert.deepEqual((await store.prefixesBelow('cam1/', 5)).prefixes, ['cam1/jpg/', 'cam1/raw/']);
      assert.deepEqual((await store.prefixesBelow('cam3/', 5)).prefixes, []);
      const { requests } = await store.prefixesBelow('', 5);
      assert.ok(requests >= 1 && requests <= 5);
    });

    test('finds thousands of prefixes, and pictures beside them do not hide them', async () => {
      const folders = Array.from({ length: 1_100 }, (_, i) => `cam${1_000 + i}/`);
      const { store } = await filled(
        subject,
        Object.fromEntries([...folders.map((folder) => `${folder}1.jpg`), 'a.jpg', 'z.jpg'].map((key) => [key, 'x'])),
      );
      const { prefixes, requests } = await store.prefixesBelow('', 500);
      assert.deepEqual(prefixes, folders);
      assert.ok(requests >= 1 && requests <= 500);
    });
  });
};
