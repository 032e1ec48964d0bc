// Everything at once, for two minutes: what `npm run soak` does, in CI.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proved, STORES } from '../faults/ledger.ts';
import { runSoak } from '../faults/soak/soak.ts';
import { summaryOf } from '../faults/soak/summary.ts';

const MINUTES = 2;
const SEED = 1;

test('everything at once, for two minutes: nothing lost, nothing left, memory and handles flat', async (t) => {
  const soaked = await runSoak({ minutes: MINUTES, seed: SEED });
  t.diagnostic(summaryOf(soaked, { minutes: MINUTES, seed: SEED }).text);
  assert.deepEqual(soaked.wrong, []);
  for (const what of ['processes killed', 'cancels', 'stale leases', 'throttling', 'times a schedule fired'])
    assert.ok((soaked.tally[what] ?? 0) > 0, `${what}: none`);
  for (const stores of STORES) {
    proved({
      fault: 'everything at once, for two minutes',
      how: 'sixteen cameras write to both sides of four pairs while one `serve` with schedules migrates in both directions, services throttle, break off and lie, the disk is full, processes are killed, migrations cancelled and leases stale; memory and handles are measured',
      ...{ stores, where: 'processes of their own', cases: 1 },
    });
  }
});
