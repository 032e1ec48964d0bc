// A leak shows as one: what the soak's word "flat" is worth.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatnessOf, lineThrough, type Sample } from './measures.ts';

const MB = 1_000_000;

/** A rest every 12 s for two minutes, with busy moments in between that say nothing. */
const series = (at: (rest: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 20 }, (_, i) => {
    const rest = Math.floor(i / 2);
    const atRest = i % 2 === 0;
    return {
      ...{
        seconds: i * 6,
        atRest,
        migrations: i,
        pictures: i,
        stateBytes: i,
        temporaries: 0,
        openUploads: 0,
        refusals: 0,
      },
      ...{
        rssBytes: 150 * MB,
        heapBytes: 30 * MB,
        youngBytes: 60 * MB,
        externalBytes: 11 * MB,
        files: 29,
        sockets: 5,
        timers: 2,
        resources: 8,
      },
      ...(atRest ? at(rest) : { heapBytes: (40 + i) * MB, files: 60 + i }),
    };
  });

const growing = (samples: readonly Sample[]): string[] =>
  flatnessOf(samples)
    .filter(({ isFlat }) => !isFlat)
    .map(({ what }) => what);

test('a line through points', () => {
  assert.deepEqual(
    lineThrough([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
    { slope: 2, mean: 3 },
  );
});

for (const [what, at, grows] of [
  ['what goes up and down', (rest) => ({ heapBytes: (30 + (rest % 2)) * MB, files: 29 + (rest % 2) }), []],
  ['what shrinks', (rest) => ({ heapBytes: (60 - rest) * MB }), []],
  ['a heap that grows by 1 MB a rest', (rest) => ({ heapBytes: (30 + rest) * MB }), ['heap']],
  ['buffers that stay', (rest) => ({ externalBytes: (11 + rest) * MB }), ['memory outside the heap']],
  ['a descriptor a rest', (rest) => ({ files: 29 + rest }), ['open files and sockets']],
  ['a timer a rest', (rest) => ({ resources: 8 + rest }), ['timers and whatever else is under way']],
] as readonly (readonly [string, (rest: number) => Partial<Sample>, readonly string[]])[]) {
  test(`${what}: ${grows.length === 0 ? 'flat' : 'not flat'}`, () => assert.deepEqual(growing(series(at)), grows));
}

test('a series too short to tell is not called flat', () => {
  assert.equal(growing(series(() => ({})).slice(0, 4)).length, 4);
});
