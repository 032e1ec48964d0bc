// Cutting ranges while they are listed, round by round, without a network: how many rounds it takes, and how many requests more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countUpTo, SHAPES, type Shape, type ShapeName, shapeOf } from '../../bench/synthetic/shapes.ts';
import { compareKeys } from '../../lib/compare/key.ts';
import { KeyModel } from '../../lib/compare/key-model.ts';
import { spell } from '../../lib/compare/spelled.ts';
import { ListedRange, Splitter } from '../../lib/compare/splitter.ts';

const PAGE = 1_000;
const STREAMS = 64;

/** Every range asks for a page in each round; at most so many ranges. */
const listInRounds = (shape: Shape) => {
  const splitter = new Splitter();
  let ranges = [new ListedRange({ after: '', upTo: null })];
  let rounds = 0;
  let requests = 0;
  let keys = 0;
  for (; ranges.length > 0; rounds++) {
    while (ranges.length < STREAMS) {
      const cut = splitter.cut(ranges.map((listed) => ({ listed })));
      if (!cut) break;
      assert.ok(compareKeys(cut.piece.listed.position, cut.piece.listed.upTo!) < 0);
      ranges.push(cut.cutOff);
    }
    ranges = ranges.filter((range) => {
      const from = countUpTo(shape, range.position);
      const end = range.upTo === null ? shape.count : countUpTo(shape, range.upTo);
      const count = Math.min(PAGE, end - from);
      requests++;
      keys += count;
      splitter.count(range, count);
      if (count > 0) {
        range.reached(shape.keyAt(from), shape.keyAt(from + count - 1), count);
        splitter.learn(range, count, (i) => shape.keyAt(from + i));
      }
      // A page that ends where its range does says so only where that is a key.
      const isAtEnd = range.upTo === null || (end > from && shape.keyAt(end - 1) === range.upTo);
      return from + PAGE < end || (from + PAGE === end && !isAtEnd);
    });
  }
  return { rounds, requests, keys };
};

describe('a flat listing of 1,000,000 keys, 64 pages at a time', () => {
  const count = 1_000_000;
  const names = Object.keys(SHAPES).filter((name) => name !== 'nothing') as ShapeName[];
  for (const name of names) {
    test(name, (t) => {
      const { rounds, requests, keys } = listInRounds(shapeOf(name, count));
      assert.equal(keys, count, 'every key once');
      const pages = count / PAGE;
      t.diagnostic(
        `${(pages / rounds).toFixed(1)} x faster, ${((requests / pages - 1) * 100).toFixed(1)} % more requests`,
      );
      assert.ok(rounds <= pages / 20, `${rounds} rounds`);
      assert.ok(requests <= pages * 1.15, `${requests} requests`);
    });
  }
});

const key = fc.string({ unit: fc.constantFrom('a', 'b', '0', '7', '/', 'ж', '📷', '\ue000'), maxLength: 12 });

test('a model’s shares ascend with the keys, from 0 to 1', () => {
  fc.assert(
    fc.property(fc.array(key, { minLength: 1 }), fc.array(key), (learned, asked) => {
      const model = new KeyModel();
      for (const one of learned) model.learn(one, 1);
      const shares = asked.toSorted(compareKeys).map((one) => model.shareBefore(spell(one), 0));
      shares.forEach((share, i) => {
        assert.ok(share >= 0 && share <= 1);
        assert.ok(i === 0 || share >= shares[i - 1]! - 1e-9, `${shares}`);
      });
    }),
  );
});

test('what was seen behind one beginning alone says little about what else follows it', () => {
  const model = new KeyModel();
  const words = ['лес', 'лето', 'лошадь', 'луна', 'мост', 'осень', 'снег'];
  for (const word of words) {
    for (const other of word === 'снег' ? words.slice(0, 3) : words)
      for (let i = 0; i < 10; i++) model.learn(`${word}-${other}-${i}00000.jpg`, 100);
  }
  // `собака`, `солнце`, … may well follow `снег`.
  const before = (key: string): number => model.shareBefore(spell(key), 0);
  const left = (before('т') - before('сн\u{10ffff}')) / (before('т') - before('с'));
  assert.ok(left > 0.1, `${left}`);
});

test('counted keys are cut at a key, where the lower part’s listing sees its end', () => {
  const shape = shapeOf('counters', 100_000);
  const splitter = new Splitter();
  const range = new ListedRange({ after: '', upTo: 'DSC00119999.JPG' });
  range.isBounded = true;
  for (let page = 0; page < 5; page++) {
    splitter.count(range, PAGE);
    range.reached(shape.keyAt(page * PAGE), shape.keyAt(page * PAGE + PAGE - 1), PAGE);
    splitter.learn(range, PAGE, (i) => shape.keyAt(page * PAGE + i));
  }
  const { after } = splitter.cut([{ listed: range }])!.cutOff;
  assert.equal(shape.keyAt(countUpTo(shape, after) - 1), after);
});

test('what may be the last key before another is no longer than any key', () => {
  const model = new KeyModel();
  for (const one of ['a1', 'a2', 'a3📷', 'b1xxxx', 'b2']) model.learn(one, 1);
  fc.assert(
    fc.property(key, (one) =>
      assert.ok(Buffer.byteLength(model.lastBefore(`a${one}`)) <= Math.max(7, Buffer.byteLength(`a${one}`))),
    ),
  );
});

test('a cut lies inside its range, whatever was seen', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { minLength: 2 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      (some, at, isOpen) => {
        const keys = some.toSorted(compareKeys);
        const seen = keys.slice(0, Math.max(1, at % keys.length));
        const upTo = isOpen ? null : keys.at(-1)!;
        const range = new ListedRange({ after: '', upTo });
        const splitter = new Splitter();
        splitter.count(range, seen.length);
        range.reached(seen[0]!, seen.at(-1)!, seen.length);
        splitter.learn(range, seen.length, (i) => seen[i]!);
        const cut = splitter.cut([{ listed: range }]);
        if (!cut) return;
        assert.ok(compareKeys(seen.at(-1)!, cut.cutOff.after) < 0);
        assert.ok(upTo === null || compareKeys(cut.cutOff.after, upTo) < 0);
        assert.equal(range.upTo, cut.cutOff.after);
        assert.equal(cut.cutOff.upTo, upTo);
      },
    ),
  );
});
