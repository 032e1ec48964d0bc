// Every parser at an edge, fed with its corpus and with seeded mutations of it: it takes them for something valid or refuses
// them in the one documented way; it comes back, within bounded memory. `npm run fuzz` goes on for longer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { described, fuzz } from '../fuzz/fuzz.ts';
import { corpusOf, TARGETS } from '../fuzz/target.ts';

const RUNS = 300;
const SEED = 5;

describe('whatever is fed to', { concurrency: 2 }, () => {
  for (const target of TARGETS) {
    test(`${target}: ${RUNS} mutations of its corpus`, async () => {
      assert.ok(corpusOf(target).length >= 2, 'there is a corpus');
      const result = await fuzz(target, { runs: RUNS, seed: SEED });
      assert.equal(described(result), '');
      assert.equal(result.cases, corpusOf(target).length + RUNS);
    });
  }
});
