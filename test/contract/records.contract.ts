// What every implementation of Records promises to the workflow.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Document, Records } from '../../lib/workflow/ports.ts';

export interface RecordsTwin {
  readonly records: Records;
  close(): Promise<void> | void;
}

const sks = async (documents: AsyncIterable<Document>): Promise<string[]> => {
  const seen: string[] = [];
  for await (const { sk } of documents) seen.push(sk);
  return seen;
};

export const recordsContract = (name: string, open: () => Promise<RecordsTwin>): void => {
  describe(`records: ${name}`, () => {
    let twin: RecordsTwin;
    let records: Records;
    before(async () => {
      twin = await open();
      records = twin.records;
    });
    after(() => twin.close());

    test('what is put is got, and what is not there is undefined', async () => {
      const document = {
        pk: 'plain',
        sk: 'a',
        text: 'é "quoted" \\ \n',
        empty: '',
        number: 1.5,
        large: 9_007_199_254_740_991,
        yes: true,
        nothing: null,
        deep: { list: [1, [], {}, { a: null }] },
      };
      assert.equal(await records.put(document), true);
      assert.deepEqual(await records.get('plain', 'a'), document);
      assert.equal(await records.get('plain', 'b'), undefined);
      assert.equal(await records.get('other', 'a'), undefined);
    });

    test('a put replaces the whole document', async () => {
      await records.put({ pk: 'whole', sk: 'a', before: 1, both: 1 });
      await records.put({ pk: 'whole', sk: 'a', both: 2 });
      assert.deepEqual(await records.get('whole', 'a'), { pk: 'whole', sk: 'a', both: 2 });
    });

    test('what is removed is gone from everywhere, alone, and can be put again', async () => {
      const carrying = { index: 'removal', createdAt: '2024-05-01T00:00:00.000Z' };
      await records.put({ pk: 'removals', sk: 'a', ...carrying });
      await records.put({ pk: 'removals', sk: 'b', ...carrying });
      await records.remove('removals', 'a');
      assert.equal(await records.get('removals', 'a'), undefined);
      assert.deepEqual(await sks(records.list('removals', '')), ['b']);
      assert.deepEqual(
        (await records.newest('removal', { limit: 9 })).map(({ sk }) => sk),
        ['b'],
      );
      assert.equal(await records.put({ pk: 'removals', sk: 'a' }, 'absent'), true);
    });

    test('removing what is not there is harmless', async () => {
      await records.remove('removals', 'never');
      await records.remove('never', 'a');
      assert.equal(await records.get('removals', 'never'), undefined);
    });

    const standing = { version: 3, owner: 'me', free: null, text: '', list: [1] };
    for (const [what, there, expect, holds] of [
      ['absent, with nothing there', false, 'absent', true],
      ['absent, with something there', true, 'absent', false],
      ['a number that is there', true, { version: 3 }, true],
      ['another number', true, { version: 2 }, false],
      ['the number as text', true, { version: '3' }, false],
      ['several fields that are all there', true, { version: 3, owner: 'me' }, true],
      ['several fields, one of them different', true, { version: 3, owner: 'you' }, false],
      ['null where null stands', true, { free: null }, true],
      ['null where something stands', true, { owner: null }, false],
      ['null where there is no such field', true, { missing: null }, false],
      ['an empty text that is there', true, { text: '' }, true],
      ['a field that is not there', true, { missing: 1 }, false],
      ['a field, with nothing there', false, { version: 3 }, false],
      ['no field but something there', true, {}, true],
      ['no field, with nothing there', false, {}, false],
    ] as const) {
      test(`a put that expects ${what} is ${holds ? 'done' : 'refused, and writes nothing'}`, async () => {
        const place = { pk: `expects ${what}`, sk: 'a' };
        if (there) await records.put({ ...place, ...standing });
        const found = await records.get(place.pk, place.sk);
        assert.equal(await records.put({ ...place, changed: true }, expect), holds);
        assert.deepEqual(await records.get(place.pk, place.sk), holds ? { ...place, changed: true } : found);
      });
    }

    for (const [what, expect] of [
      ['nothing there', 'absent'],
      ['the same version', { version: 1 }],
    ] as const) {
      test(`of many puts at once that expect ${what} exactly one is done`, async () => {
        const place = { pk: `race for ${what}`, sk: 'a' };
        if (expect !== 'absent') await records.put({ ...place, version: 1 });
        const puts = Array.from({ length: 10 }, (_, by) => records.put({ ...place, version: 2, by }, expect));
        const done = await Promise.all(puts);
        assert.equal(done.filter(Boolean).length, 1);
        assert.equal((await records.get(place.pk, place.sk))?.by, done.indexOf(true));
      });
    }

    test('a list is in code-point order of sk and holds one pk and one prefix', async () => {
      // U+FB01 comes before U+1F4F7 by code points, and after it by UTF-16 units.
      const order = ['task#\u{fb01}', 'task#\u{1f4f7}'];
      for (const sk of [
        'task#2',
        'task#10',
        ...order,
        'task#1',
        'task',
        'tasl',
        'record',
        'Task#1',
        'task#%',
        'task#_',
      ]) {
        await records.put({ pk: 'lists', sk });
      }
      await records.put({ pk: 'lists too', sk: 'task#3' });
      assert.deepEqual(await sks(records.list('lists', 'task#')), [
        'task#%',
        'task#1',
        'task#10',
        'task#2',
        'task#_',
        ...order,
      ]);
      assert.deepEqual(await sks(records.list('lists', 'task#1')), ['task#1', 'task#10']);
      assert.equal((await sks(records.list('lists', ''))).length, 11);
      assert.deepEqual(await sks(records.list('lists', 'none')), []);
    });

    test('a list is complete where it comes in pages, and shows what was just put', async () => {
      // 24 documents of 100 KB exceed a page of either kind; small ones exceed a page by number.
      const fill = 'x'.repeat(100_000);
      const names = Array.from({ length: 24 }, (_, i) => `large#${String(i).padStart(3, '0')}`);
      await Promise.all(names.map((sk) => records.put({ pk: 'pages', sk, fill })));
      assert.deepEqual(await sks(records.list('pages', 'large#')), names);
    });

    test('a document may be written while its list is read', async () => {
      for (const sk of ['a', 'b', 'c']) await records.put({ pk: 'read and written', sk });
      const seen: string[] = [];
      for await (const { sk } of records.list('read and written', '')) {
        seen.push(sk);
        await records.put({ pk: 'read and written', sk, again: true });
      }
      assert.deepEqual(seen, ['a', 'b', 'c']);
    });

    test('newest shows what carries the index, newest first, up to the limit and before a time', async () => {
      const at = (day: number): string => `2024-05-0${day}T00:00:00.000Z`;
      for (const day of [3, 1, 5, 2, 4]) {
        await records.put({ pk: `m${day}`, sk: 'record', index: 'migrations', createdAt: at(day), day });
      }
      await records.put({ pk: 'pair', sk: 'record', index: 'pair#1', createdAt: at(9) });
      await records.put({ pk: 'm5', sk: 'task', createdAt: at(9) });
      const days = async (options: { limit: number; before?: string }) =>
        (await records.newest('migrations', options)).map(({ day }) => day);
      assert.deepEqual(await days({ limit: 10 }), [5, 4, 3, 2, 1]);
      assert.deepEqual(await days({ limit: 2 }), [5, 4]);
      assert.deepEqual(await days({ limit: 2, before: at(4) }), [3, 2]);
      assert.deepEqual(await records.newest('nothing', { limit: 10 }), []);
    });

    test('a field named index that is no text is a field like any other', async () => {
      const document = { pk: 'task', sk: 'task#7', index: 7 };
      await records.put(document);
      assert.deepEqual(await records.get('task', 'task#7'), document);
    });

    test('lone surrogates survive', async () => {
      // A folder's name that is no UTF-8 carries its odd bytes in this way.
      const document = { pk: 'odd', sk: 'a', key: 'cam1/\udcff.jpg', keys: ['\ud800', { '\udc80': '\udc80' }] };
      await records.put(document);
      assert.deepEqual(await records.get('odd', 'a'), document);
    });

    test('a document of 300 KB survives', async () => {
      const document = {
        pk: 'large',
        sk: 'a',
        ranges: Array.from({ length: 3_000 }, (_, i) => `${i}`.padEnd(45, 'é')),
      };
      await records.put(document);
      assert.deepEqual(await records.get('large', 'a'), document);
    });
  });
};
