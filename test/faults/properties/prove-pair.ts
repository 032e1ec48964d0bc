// The property itself for one pair of stores: as many random cases as its share, the known ones first; a failure prints the smallest case with its seed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { proved, type Stores } from '../ledger.ts';
import { FOUND } from './found.ts';
import { openServices } from './given-case.ts';
import { cases } from './random-case.ts';
import { runCase } from './run-case.ts';
import { CASES, SEED } from './seed.ts';

/** Of `CASES`: there are five pairs. */
const SHARE = Math.max(1, Math.ceil(CASES / 5));

export const provePairs = (pairs: readonly Stores[]): void => {
  describe('random stores, options and faults', () => {
    for (const stores of pairs) {
      for (const found of FOUND.filter((one) => one.cases[0]?.stores === stores)) {
        test(`${stores}, found before: ${found.wrong}`, async () => {
          await using services = await openServices();
          for (const one of found.cases) await runCase(one, services);
        });
      }

      test(`${stores}: ${SHARE} cases (seed ${SEED}) agree with the reference, whatever breaks`, async (t) => {
        await using services = await openServices();
        let disturbed = 0;
        let reached = 0;
        const ran = { embedded: 0, 'as deployed, in the interpreter': 0 };
        const property = fc.asyncProperty(cases(stores), async (one) => {
          const passed = await runCase(one, services);
          ran[one.deployed ? 'as deployed, in the interpreter' : 'embedded']++;
          if (passed.status !== undefined) disturbed++;
          reached += passed.reached;
        });
        const result = await fc.check(property, { numRuns: SHARE, seed: SEED });
        if (result.failed) {
          const { error } = result as { error?: unknown; errorInstance?: unknown };
          const why = result.errorInstance ?? error;
          assert.fail(
            `PICFERRY_SEED=${SEED} PICFERRY_CASES=${CASES}, after ${result.numRuns} cases; the smallest one:\n${JSON.stringify(result.counterexample?.[0])}\n${(why as Error)?.stack}`,
          );
        }
        t.diagnostic(
          `${stores}: seed ${SEED}, ${result.numRuns} cases, ${disturbed} of them disturbed by ${reached} faults and moves`,
        );
        // Faults that never come to pass prove nothing.
        if (SHARE >= 100) assert.ok(reached >= SHARE / 2, `only ${reached} faults came to pass in ${SHARE} cases`);
        for (const where of ['embedded', 'as deployed, in the interpreter'] as const) {
          proved({
            fault: 'random stores, options and faults',
            how: 'random pictures on both sides, options, limits, and up to four faults and moves at random requests and calls, compared with a reference model; run again without faults and compared exactly, and once more, which finds nothing to copy',
            ...{ stores, where, cases: ran[where] },
          });
        }
      });
    }
  });
};
