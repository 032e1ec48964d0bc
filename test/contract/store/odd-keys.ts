// What every store promises of keys that others have lost pictures by: held exactly, or refused by name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pMap from 'p-map';
import { ODD_KEYS } from '../../support/odd-keys.ts';
import { madeUpPicture } from '../../support/pictures.ts';
import {
  bodyOf,
  byBytes,
  CREATE,
  contentOf,
  isPicture,
  memory,
  NO_TAGS,
  pagesOf,
  read,
  type Subject,
  said,
} from './subject.ts';

export const oddKeysContract = (subject: Subject): void => {
  describe(`${subject.name}: odd keys`, () => {
    test('are written, listed, looked at and read as what they are, or refused by name', async () => {
      const { store, peek } = await subject.open();
      const held: string[] = [];
      for (const key of ODD_KEYS) {
        const result = await store.write(key, madeUpPicture(contentOf(key)), CREATE, NO_TAGS, memory);
        const reason = subject.refused[key];
        assert.equal(said(result), reason === undefined ? 'written' : `failed(${reason})`, JSON.stringify(key));
        if (reason === undefined) held.push(key);
      }
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
      const { store } = await subject.open();
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
};
