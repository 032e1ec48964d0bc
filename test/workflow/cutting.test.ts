// How many ranges at once a service is asked for, by what its pages take: in simulated time, against made-up services.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Asked, Cutting } from '../../lib/workflow/cutting.ts';

interface Service {
  /** Until the answer comes, ms. */
  readonly latencyMs: number;
  /** Of the service's own work for a page, ms; and how many it works at side by side. */
  readonly workMs: number;
  readonly cores: number;
}

/** Ranges without an end, each asking for one page after the other; as many as there may be, up to 64. `beginWith`: before any is cut. */
const listFor = (ms: number, { latencyMs, workMs, cores }: Service, beginWith = 1, nearPageMs = 40) => {
  let now = 0;
  const cutting = new Cutting({ nearPageMs, now: () => now });
  const free = Array.from({ length: cores }, () => 0);
  const asked: { readonly page: Asked; readonly endsAt: number }[] = [];
  const ask = (): void => {
    free.sort((a, b) => a - b);
    const begins = Math.max(now + latencyMs / 2, free[0]!);
    free[0] = begins + workMs;
    asked.push({ page: cutting.asks(asked.length + 1), endsAt: begins + workMs + latencyMs / 2 });
  };
  const when: Record<number, number> = {};
  let pages = 0;
  for (let range = 0; range < beginWith; range++) ask();
  while (now < ms) {
    asked.sort((a, b) => a.endsAt - b.endsAt);
    const { page, endsAt } = asked.shift()!;
    now = endsAt;
    pages++;
    cutting.page(page, 1_000);
    ask();
    while (asked.length < Math.min(64, cutting.rangesAtOnce(asked.length))) {
      ask();
      when[asked.length] ??= now;
    }
  }
  return { ranges: asked.length, pages, when };
};

describe('a service far away', () => {
  test('that answers as fast however much it is asked gets 64 within some answers', () => {
    const { ranges, when } = listFor(2_000, { latencyMs: 60, workMs: 0.1, cores: 1_000 });
    assert.equal(ranges, 64);
    assert.ok(when[4]! <= 4 * 60.2, `${when[4]} ms`);
    assert.ok(when[64]! <= 20 * 60.2, `${when[64]} ms`);
  });

  for (const beginWith of [2, 3, 4, 8]) {
    test(`that is asked for ${beginWith} ranges to begin with gets 64 too`, () => {
      assert.equal(listFor(4_000, { latencyMs: 60, workMs: 0.1, cores: 1_000 }, beginWith).ranges, 64);
    });
  }

  test('gets 64 though its pages take now less, now more', () => {
    let now = 0;
    const cutting = new Cutting({ nearPageMs: 100, now: () => now });
    let open = 1;
    for (let round = 0; round < 40; round++) {
      const pages = Array.from({ length: open }, (_, i) => ({
        page: cutting.asks(open),
        ms: [110, 260, 150][(round + i) % 3]!,
      }));
      const began = now;
      for (const { page, ms } of pages.sort((a, b) => a.ms - b.ms)) {
        now = began + ms;
        cutting.page(page, 1_000 - (ms % 100));
        open = Math.max(open, Math.min(64, cutting.rangesAtOnce(open)));
      }
    }
    assert.equal(open, 64);
  });

  test('whose own work is all there is gets a few and then no more', () => {
    const { ranges } = listFor(20_000, { latencyMs: 1, workMs: 60, cores: 1 });
    assert.ok(ranges <= 8, `${ranges}`);
  });

  test('that bears eight pages at once gets about as many', () => {
    const { ranges } = listFor(20_000, { latencyMs: 100, workMs: 50, cores: 4 });
    assert.ok(ranges >= 8 && ranges <= 32, `${ranges}`);
  });
});

describe('what is not full comes quickly from far away, too', () => {
  for (const [what, first] of [
    ['nothing', [20, 0]],
    ['a few', [20, 5]],
    ['more than any other page', [150, 1_001]],
  ] as const) {
    test(`first ${what}`, () => {
      let now = 0;
      const cutting = new Cutting({ nearPageMs: 100, now: () => now });
      for (const [ms, keys] of [first, [150, 1_000], [150, 1_000], [150, 1_000]] as const) {
        const page = cutting.asks(1);
        now += ms;
        cutting.page(page, keys);
      }
      assert.equal(cutting.rangesAtOnce(1), 2);
    });
  }
});

describe('a service near by', () => {
  test('is read page after page as long as that takes no time', () => {
    assert.equal(listFor(4_900, { latencyMs: 0.5, workMs: 20, cores: 8 }).ranges, 1);
  });

  test('that has cores to spare gets more when it takes longer', () => {
    const { ranges } = listFor(9_000, { latencyMs: 0.5, workMs: 20, cores: 8 });
    assert.ok(ranges >= 8 && ranges <= 32, `${ranges}`);
  });

  test('that has none gets a few, and no more', () => {
    assert.ok(listFor(30_000, { latencyMs: 0.5, workMs: 20, cores: 1 }).ranges <= 8);
  });
});

test('where everything is to be cut nothing is waited for', () => {
  const cutting = new Cutting({ nearPageMs: 0, now: () => 0 });
  assert.equal(cutting.rangesAtOnce(1), Number.POSITIVE_INFINITY);
});
