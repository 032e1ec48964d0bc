// What every store promises: run against each of them (folder-store.test.ts, s3-store.test.ts).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import pMap from 'p-map';
import type { Entry } from '../../lib/compare/entry.ts';
import { EVERYTHING, type Range } from '../../lib/compare/range.ts';
import { createMemoryBudget } from '../../lib/stores/memory-budget.ts';
import {
  type OpenPicture,
  type PictureFacts,
  type ReadRefusal,
  type Store,
  type WriteGuard,
  type WriteResult,
  wasOpened,
} from '../../lib/stores/store.ts';
import { ODD_KEYS } from '../support/odd-keys.ts';
import { madeUpPicture } from '../support/pictures.ts';

/** A store with nothing in it, and a second way to its content. */
export interface StoreUnderTest {
  readonly store: Store;
  put(key: string, content: string | Buffer): Promise<void>;
  /** undefined: nothing is there. */
  peek(key: string): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

export interface Subject {
  readonly name: string;
  open(): Promise<StoreUnderTest>;
  /** Odd keys it cannot hold, and the reason it must give for each. */
  readonly refused: Readonly<Record<string, string>>;
  /** What a write keeps beside bytes and time. */
  readonly keeps: 'everything' | 'nothing';
}

const NO_TAGS = { tags: false };
const memory = createMemoryBudget(64 << 20);
const CREATE: WriteGuard = { kind: 'create' };

export const storeContract = (subject: Subject): void => {
  const opened: StoreUnderTest[] = [];
  after(() => Promise.all(opened.map((one) => one.close())));
  const open = async (): Promise<StoreUnderTest> => {
    const one = await subject.open();
    opened.push(one);
    return one;
  };
  const filled = async (files: Readonly<Record<string, string>>): Promise<StoreUnderTest> => {
    const one = await open();
    await pMap(Object.entries(files), ([key, content]) => one.put(key, content), { concurrency: 16 });
    return one;
  };

  describe(`${subject.name}: listing`, () => {
    test('says nothing where nothing is', async () => {
      const { store } = await open();
      assert.deepEqual(await keysOf(store), []);
      assert.deepEqual((await store.prefixesBelow('', 5)).prefixes, []);
    });

    test('goes in code-point order, whatever UTF-16 thinks', async () => {
      const keys = ['b', 'a', 'a.jpg', 'a-', 'a0', '\uff21', '\u{1f4f7}', '\ue000', '\ud7ff', 'Z', 'é', 'e\u0301', '~'];
      const { store } = await filled(Object.fromEntries(keys.map((key) => [key, 'x'])));
      assert.deepEqual(await keysOf(store), keys.sort(byBytes));
    });

    test('tells size and time, of empty pictures too', async () => {
      const before = Math.floor(Date.now() / 1_000) * 1_000;
      const { store } = await filled({ 'cam1/a': 'hello', 'cam1/empty': '' });
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
      const { store } = await filled(Object.fromEntries(keys.map((key) => [key, 'x'])));
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
      const keys = Array.from({ length: 2_100 }, (_, index) => `cam${index % 3}/${10_000 + index}.jpg`);
      const { store } = await filled(Object.fromEntries(keys.map((key) => [key, ''])));
      assert.deepEqual(await keysOf(store), keys.sort(byBytes));
      const [first, ...rest] = keys.slice(500, 1_800);
      assert.deepEqual(await keysOf(store, { after: first ?? '', upTo: rest.at(-1) ?? null }), rest);
    });

    test('finds the prefixes directly below one', async () => {
      const { store } = await filled({ 'cam10/a': '', 'cam1/raw/x': '', 'cam1/jpg/x': '', loose: '', 'cam1/y': '' });
      assert.deepEqual((await store.prefixesBelow('', 5)).prefixes, ['cam1/', 'cam10/']);
      assert.deepEqual((await store.prefixesBelow('cam1/', 5)).prefixes, ['cam1/jpg/', 'cam1/raw/']);
      assert.deepEqual((await store.prefixesBelow('cam3/', 5)).prefixes, []);
      const { requests } = await store.prefixesBelow('', 5);
      assert.ok(requests >= 1 && requests <= 5);
    });
  });

  describe(`${subject.name}: odd keys`, () => {
    test('are written, listed, looked at and read as what they are, or refused by name', async () => {
      const { store, peek } = await open();
      const held: string[] = [];
      await pMap(
        ODD_KEYS,
        async (key) => {
          const content = contentOf(key);
          const result = await store.write(key, madeUpPicture(content), CREATE, NO_TAGS, memory);
          const reason = subject.refused[key];
          assert.equal(said(result), reason === undefined ? 'written' : `failed(${reason})`, JSON.stringify(key));
          if (reason === undefined) held.push(key);
        },
        { concurrency: 8 },
      );
      assert.ok(held.length >= 25);
      const entries = (await pagesOf(store)).flatMap(({ entries }) => entries);
      const found = entries.filter((entry) => isPicture(entry) || held.includes(entry.key)).map(({ key }) => key);
      assert.deepEqual(found, held.sort(byBytes));
      for (const key of held) {
        const content = contentOf(key);
        assert.equal((await store.facts(key))?.size, content.length, JSON.stringify(key));
        assert.equal((await bodyOf(await read(store, key, content.length))).toString(), content, JSON.stringify(key));
        if (!key.endsWith('/')) assert.equal((await peek(key))?.toString(), content, JSON.stringify(key));
      }
    });

    test('each alone in a range', async () => {
      const { store } = await open();
      const held = ODD_KEYS.filter((key) => !(key in subject.refused)).sort(byBytes);
      await pMap(held, (key) => store.write(key, madeUpPicture(contentOf(key)), CREATE, NO_TAGS, memory), {
        concurrency: 8,
      });
      const cuts = ['', ...held];
      for (const [index, key] of held.entries()) {
        const alone = (await pagesOf(store, { after: cuts[index] ?? '', upTo: key })).flatMap(({ entries }) => entries);
        const keys = alone.filter((entry) => isPicture(entry) || entry.key === key).map((entry) => entry.key);
        assert.deepEqual(keys, [key]);
      }
    });
  });

  describe(`${subject.name}: reading`, () => {
    test('hands out bytes and facts of what was listed', async () => {
      const content = Buffer.alloc(700_001, 'picture');
      const { store, put } = await open();
      await put('cam1/a.jpg', content);
      const picture = await read(store, 'cam1/a.jpg', content.length);
      assert.deepEqual(await bodyOf(picture), content);
      assert.ok(wasOpened(picture) && picture.facts.size === content.length && (await picture.unchanged()));
    });

    test('refuses what is gone, of another size, or younger than its listing', async () => {
      const { store } = await filled({ a: 'hello' });
      const modifiedAt = (await store.facts('a'))?.modifiedAt ?? 0;
      assert.deepEqual(await read(store, 'b', 5), { outcome: 'goneFromSource' });
      assert.deepEqual(await read(store, 'a', 6), { outcome: 'changedOnSource' });
      const stale = await store.read('a', { size: 5, listedAt: modifiedAt - 10_000 }, NO_TAGS);
      assert.deepEqual(stale, { outcome: 'changedOnSource' });
    });

    test('facts say what is there, and that nothing is', async () => {
      const { store } = await filled({ 'cam1/a': 'hello' });
      assert.equal((await store.facts('cam1/a'))?.size, 5);
      for (const key of ['cam1', 'cam1/b', 'cam1/a/b', 'a\udc80']) assert.equal(await store.facts(key), undefined);
    });

    test('--checksum compares by the MD5 of the content', async () => {
      const { store } = await filled({ a: 'hello' });
      const [entry] = (await pagesOf(store)).flatMap(({ entries }) => entries);
      assert.ok(entry);
      assert.equal(await store.md5(entry), md5('hello'));
    });
  });

  describe(`${subject.name}: writing`, () => {
    const write = (
      store: Store,
      key: string,
      picture: OpenPicture,
      guard = CREATE,
      tags = false,
    ): Promise<WriteResult> => store.write(key, picture, guard, { tags }, memory);

    test('creates pictures small, large and empty', async () => {
      const { store, peek } = await open();
      for (const content of ['', 'x', 'x'.repeat(300_000)]) {
        const key = `cam1/${content.length}.jpg`;
        const facts = { md5: md5(content) };
        assert.deepEqual(await write(store, key, madeUpPicture(content, { facts })), { outcome: 'written' });
        assert.equal((await peek(key))?.toString(), content);
      }
    });

    test('never overwrites when creating', async () => {
      const { store, put, peek } = await open();
      await put('a', 'was here');
      assert.deepEqual(await write(store, 'a', madeUpPicture('other')), { outcome: 'occupied' });
      assert.deepEqual(await write(store, 'a', madeUpPicture('other')), { outcome: 'occupied' });
      assert.equal((await peek('a'))?.toString(), 'was here');
    });

    test('replaces exactly the version that was read', async () => {
      const { store, put, peek } = await open();
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
      const { store, peek } = await open();
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
        const { store, peek } = await open();
        assert.equal(said(await write(store, 'a', picture())), expected);
        assert.equal(await peek('a'), undefined);
        assert.deepEqual(await keysOf(store), []);
      });

    test('keeps nothing of a picture that broke off', async () => {
      const { store, peek } = await open();
      const picture = madeUpPicture('pict', { facts: { size: 7 }, breaks: new Error('reset') });
      const result = await write(store, 'a', picture).catch((error: Error) => error.message);
      assert.notEqual(Object(result).outcome, 'written');
      assert.equal(await peek('a'), undefined);
    });

    test('keeps the original time to the millisecond', async () => {
      const { store } = await open();
      const originalTime = 1_700_000_000_124;
      await write(store, 'a.jpg', madeUpPicture('x', { facts: { originalTime } }));
      assert.equal(Math.floor((await store.facts('a.jpg'))?.originalTime ?? 0), originalTime);
      const picture = await read(store, 'a.jpg', 1);
      assert.ok(wasOpened(picture) && Math.floor(picture.facts.originalTime ?? 0) === originalTime);
      await bodyOf(picture);
    });

    test('keeps what else is known of a picture, as far as it can', async () => {
      const { store } = await open();
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
      const { store } = await open();
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

const isPicture = (entry: Entry): boolean => entry.directory !== true;

const pagesOf = async (store: Store, range: Range = EVERYTHING) => Array.fromAsync(store.list(range));

const keysOf = async (store: Store, range: Range = EVERYTHING): Promise<string[]> =>
  (await pagesOf(store, range)).flatMap(({ entries }) => entries.filter(isPicture).map(({ key }) => key));

/** The order S3 lists in, told by other code than lib/compare. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const md5 = (content: string): string => createHash('md5').update(content).digest('hex');

/** A marker is empty; everything else holds what tells it from all others. */
const contentOf = (key: string): string => (key.endsWith('/') ? '' : md5(key));

const said = (result: WriteResult): string =>
  result.outcome === 'failed' ? `failed(${result.reason})` : result.outcome;

const read = (store: Store, key: string, size: number): Promise<OpenPicture | ReadRefusal> =>
  store.read(key, { size, listedAt: Date.now() + 3_600_000 }, NO_TAGS);

const bodyOf = async (picture: OpenPicture | ReadRefusal): Promise<Buffer> => {
  assert.ok(wasOpened(picture), JSON.stringify(picture));
  return buffer(picture.body);
};
