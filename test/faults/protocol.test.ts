// The protocol of lock, commits and stopping: the real code, run through every order of its operations and every death.
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { proved } from './ledger.ts';
import { givenCast } from './protocol/given.ts';
import { explore, type Scenario } from './protocol/model.ts';
import { takeTimers } from './protocol/run.ts';
import { SABOTAGES } from './protocol/sabotage.ts';
import { DEPLOYED, EMBEDDED } from './protocol/scenarios.ts';

let cast: Awaited<ReturnType<typeof givenCast>>;
const afterwards: (() => void | Promise<void>)[] = [];
before(async () => {
  cast = await givenCast({ after: (fn) => void afterwards.push(fn) });
  afterwards.push(takeTimers());
});
after(async () => {
  for (const one of afterwards) await one();
});

const HOW =
  'The real steps, starts, cancels and Settle of two migrations of one pair are run one operation at a time, through every order of their operations, with one or two of these wherever they can come: a death, a repetition, a stop, a lost answer, a lapsed lease.';

/** Distinct states. */
const searchAll = async (t: TestContext, scenarios: Readonly<Record<string, Scenario>>): Promise<number> => {
  let states = 0;
  for (const [title, scenario] of Object.entries(scenarios)) {
    await t.test(title, async (one) => {
      const found = await explore(cast, scenario);
      const { violation } = found;
      assert.equal(violation, undefined, violation && `${violation.wrong}:\n  ${violation.trace.join('\n  ')}`);
      one.diagnostic(`${found.states} states, ${found.transitions} transitions, ${found.ends} ends`);
      states += found.states;
    });
  }
  return states;
};

describe('no order of operations loses, counts twice, or lets two migrations write', () => {
  test('deployed', async (t) => {
    const cases = await searchAll(t, DEPLOYED);
    proved({
      fault: 'two migrations of one pair, in any order of their operations',
      how: HOW,
      stores: 'folder → folder',
      where: 'as deployed, in the interpreter',
      cases,
      states: true,
    });
  });

  test('embedded', async (t) => {
    const cases = await searchAll(t, EMBEDDED);
    proved({
      fault: 'two migrations of one pair, in any order of their operations',
      how: HOW,
      stores: 'folder → folder',
      where: 'embedded',
      cases,
      states: true,
    });
  });
});

describe('the search finds', () => {
  for (const { what, how, scenario, found } of SABOTAGES) {
    test(what, async (t) => {
      const { violation, states } = await explore({ ...cast, sabotage: how }, scenario);
      assert.ok(violation, `nothing was found in ${states} states`);
      assert.match(violation.wrong, found);
      t.diagnostic(`${violation.wrong}, after ${violation.trace.length} steps`);
    });
  }
});
