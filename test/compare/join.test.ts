// Two listings joined: every key once, with what either side says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../lib/compare/entry.ts';
import { classify, type Joined, judgeContent, keyOf } from '../../lib/compare/findings.ts';
import { Disordered, joinListings } from '../../lib/compare/join.ts';
import { compareKeys } from '../../lib/compare/key.ts';
import { countFinding, countListed, disagreement, newStatistics } from '../../lib/compare/statistics.ts';
import { entry, listings } from './keys.ts';

async function* paged(entries: readonly Entry[], sizes: readonly number[]): AsyncGenerator<Entry[]> {
  let at = 0;
  for (const size of sizes) {
    yield entries.slice(at, at + size);
    at += size;
    // Sides answer at different speeds.
    if (size % 2 === 0) await new Promise(setImmediate);
  }
  yield entries.slice(at);
}

async function all(joining: AsyncIterable<Joined[]>): Promise<Joined[]> {
  const joined: Joined[] = [];
  for await (const batch of joining) {
    assert.ok(batch.length > 0);
    joined.push(...batch);
  }
  return joined;
}

const pageSizes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });

/** What joining means, without any regard for memory. */
function reference(source: readonly Entry[], destination: readonly Entry[]): Joined[] {
  const sources = new Map(source.map((e) => [e.key, e]));
  const destinations = new Map(destination.filter((e) => e.problem === undefined).map((e) => [e.key, e]));
  return [...new Set([...sources.keys(), ...destinations.keys()])]
    .sort(compareKeys)
    .map((key) => {
      const [source, destination] = [sources.get(key), destinations.get(key)];
      return { source: asMarker(source, destination), destination: asMarker(destination, source) };
    })
    .filter(({ source, destination }) => source !== undefined || destination !== undefined) as Joined[];
}

/** A directory is an entry only where the other side has an empty marker under its key. */
const asMarker = (one: Entry | undefined, other: Entry | undefined): Entry | undefined =>
  one?.directory && (other === undefined || other.directory || other.size > 0) ? undefined : one;

describe('joining two listings', () => {
  test('leaves no page with those who made it: they keep it until the next one is there', async () => {
    const page = ['a', 'b', 'c'].map((key) => entry(key));
    async function* one(): AsyncGenerator<Entry[]> {
      yield page;
    }
    const batches = joinListings(one(), paged([], []));
    const { value: batch } = await batches.next();
    assert.deepEqual((batch as Joined[]).map(keyOf), ['a', 'b', 'c']);
    assert.deepEqual(page, []);
    await batches.return();
  });

  test('gives what looking every key up would give, however the pages are cut', async () => {
    await fc.assert(
      fc.asyncProperty(listings, listings, pageSizes, pageSizes, async (source, destination, some, others) => {
        const joined = await all(joinListings(paged(source, some), paged(destination, others)));
        assert.deepEqual(joined, reference(source, destination));
      }),
      { numRuns: 300 },
    );
  });

  test('then classifying gives every key one finding, and the findings add up to what was listed', async () => {
    const rules = fc.record({
      keep: fc.constantFrom(
        () => true,
        (e: Entry) => e.size !== 1,
      ),
      minAgeMs: fc.constantFrom(0, 50),
      checksum: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(listings, listings, rules, async (source, destination, asked) => {
        const statistics = newStatistics();
        const counted = new Set<string>();
        for (const joined of await all(joinListings(paged(source, []), paged(destination, [])))) {
          countListed(statistics, joined);
          const said = classify(joined, asked, 99);
          const { finding, contentUnknown } = said === 'compareContent' ? judgeContent('x', 'x') : said;
          countFinding(statistics, finding, joined, contentUnknown);
          assert.ok(!counted.has(keyOf(joined)));
          counted.add(keyOf(joined));
        }
        assert.equal(disagreement(statistics), undefined);
        assert.equal(counted.size, reference(source, destination).length);
      }),
    );
  });

  test('keeps a directory only where the other side has that key for real', async () => {
    const folder = entry('a/', { directory: true, size: 0 });
    const marker = entry('a/', { size: 0 });
    const broken = entry('a/', { problem: 'unreadable' });
    const picture = entry('a/', { size: 7 });
    for (const [source, destination, expected] of [
      [folder, marker, [{ source: folder, destination: marker }]],
      [marker, folder, [{ source: marker, destination: folder }]],
      [folder, folder, []],
      [folder, undefined, []],
      [undefined, folder, []],
      [folder, broken, []],
      [undefined, broken, []],
      [marker, broken, [{ source: marker, destination: undefined }]],
      [broken, undefined, [{ source: broken, destination: undefined }]],
      // A picture under such a key is no marker: nobody calls it different from a directory.
      [folder, picture, [{ source: undefined, destination: picture }]],
      [picture, folder, [{ source: picture, destination: undefined }]],
    ] as const) {
      const pages = [source, destination].map((side) => paged(side ? [side] : [], [])) as [never, never];
      assert.deepEqual(await all(joinListings(...pages)), expected);
    }
  });
});

describe('a listing that is out of order', () => {
  const cases: readonly (readonly [string, string[][], RegExp])[] = [
    ['goes back', [['a', 'c', 'b']], /the \w+'s listing is out of order: "b" came after "c"/],
    ['goes back across pages', [['a', 'c'], [], ['b']], /is out of order: "b" came after "c"/],
    ['names a key twice', [['a', 'b', 'b']], /names a key twice: "b"/],
    ['repeats a page', [['a'], ['a']], /names a key twice: "a"/],
    ['is sorted by UTF-16', [['\u{1f4f7}', '\uffff']], /is out of order/],
  ];
  for (const [title, pages, message] of cases) {
    for (const side of ['source', 'destination'] as const) {
      test(`${title} on the ${side}: an error, never "missing"`, async () => {
        const bad = listing(pages);
        const good = listing([['a', 'b', 'c', '\uffff', '\u{1f4f7}']]);
        const sides = side === 'source' ? ([bad, good] as const) : ([good, bad] as const);
        await assert.rejects(all(joinListings(...sides)), (error) => {
          assert.ok(error instanceof Disordered);
          assert.equal(error.name, 'Disordered');
          assert.equal(error.side, side);
          assert.ok(compareKeys(error.previous, error.key) >= 0);
          assert.match(error.message, message);
          return true;
        });
        assert.ok(bad.asked.closed && good.asked.closed);
      });
    }
  }

  test('is noticed even where the entries out of order are dropped', async () => {
    const dropped = paged([entry('b/', { directory: true }), entry('a/', { directory: true })], []);
    await assert.rejects(all(joinListings(dropped, paged([], []))), Disordered);
  });
});

/** A listing that remembers what was asked of it; a page may be an error. */
function listing(pages: readonly (readonly string[] | Error)[]) {
  const asked = { pages: 0, closed: false };
  async function* list(): AsyncGenerator<Entry[]> {
    try {
      for (const page of pages) {
        asked.pages++;
        if (page instanceof Error) throw page;
        yield page.map((key) => entry(key));
      }
    } finally {
      asked.closed = true;
    }
  }
  return Object.assign(list(), { asked });
}

describe('a listing that fails', () => {
  test('fails the join once the pages before it are used up, and hands out nothing behind them', async () => {
    for (const side of ['source', 'destination'] as const) {
      const bad = listing([['a', 'c'], new Error('cut short')]);
      const good = listing([['b'], ['d'], ['e'], ['f']]);
      const seen: string[] = [];
      await assert.rejects(async () => {
        const joining = side === 'source' ? joinListings(bad, good) : joinListings(good, bad);
        for await (const batch of joining) {
          seen.push(...batch.map(keyOf));
          // Let the failure of the next page arrive while this one is still worked on.
          await new Promise(setImmediate);
        }
      }, /cut short/);
      assert.deepEqual(seen, ['a', 'b', 'c'], side);
      assert.ok(bad.asked.closed && good.asked.closed);
    }
  });

  test('at once fails at once, even where the other side fails too', async () => {
    const [one, other] = [listing([new Error('one')]), listing([new Error('other')])];
    await assert.rejects(all(joinListings(one, other)), /one/);
    assert.ok(one.asked.closed && other.asked.closed);
  });
});

describe('reading', () => {
  test('keeps one page ahead on each side and no more', async () => {
    const pages = Array.from({ length: 9 }, (_, i) => [`${i}a`, `${i}b`]);
    const [source, destination] = [listing(pages), listing(pages)];
    let batches = 0;
    for await (const batch of joinListings(source, destination)) {
      batches++;
      assert.equal(batch.length, 2);
      await new Promise(setImmediate);
      const expected = Math.min(9, batches + 1);
      assert.deepEqual([source.asked.pages, destination.asked.pages], [expected, expected]);
    }
    assert.equal(batches, 9);
  });

  test('stops on both sides where the reader stops', async () => {
    const [source, destination] = [listing([['a'], ['b'], ['c']]), listing([['a'], ['b'], ['c']])];
    for await (const _ of joinListings(source, destination)) break;
    assert.deepEqual(
      [source.asked, destination.asked],
      [
        { pages: 2, closed: true },
        { pages: 2, closed: true },
      ],
    );
  });

  test('a side that has nothing makes everything missing there', async () => {
    const joined = await all(joinListings(listing([['a', 'b'], ['c']]), listing([])));
    assert.deepEqual(
      joined.map((j) => [keyOf(j), j.destination]),
      [
        ['a', undefined],
        ['b', undefined],
        ['c', undefined],
      ],
    );
  });
});
