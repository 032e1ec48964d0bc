// A schedule of a deployment: fires by itself inside its minute, moves pictures, and is skipped while its pair is busy.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleRun } from '../../../lib/api/schedule.ts';
import { type Given, get, hasEnded, post, reportOf, sync, until } from './given.ts';

interface Shown {
  readonly name: string;
  readonly runs: readonly ScheduleRun[];
}

const firstRun = async (given: Given, name: string): Promise<ScheduleRun> => {
  // The emulator looks at its schedules every ten seconds.
  for (let waitedMs = 0; waitedMs < 90_000; waitedMs += 1_000) {
    const [run] = (await get<Shown>(given, `/schedules/${name}`)).runs;
    if (run) return run;
    await sleep(1_000);
  }
  throw new Error(`Schedule ${name} did not fire.\n${(await given.emulator.log()).slice(-5_000)}`);
};

export const describeSchedule = (given: () => Given): Promise<void> =>
  describe('a schedule', () => {
    test('fires by itself inside its minute, and its report is readable', async () => {
      // The emulator takes every schedule for one of the default group; the policy names the stack's own group.
      await given().deployment.allow('Api', {
        Action: ['CreateSchedule', 'UpdateSchedule', 'DeleteSchedule'].map((action) => `scheduler:${action}`),
        Resource: 'arn:aws:scheduler:*:*:schedule/default/nightly',
      });
      const body = { name: 'nightly', expression: 'cron(* * * * ? *)', ...sync('nightly-old', 'nightly-new') };
      const added = await post(given(), '/schedules', body);
      assert.equal(added.status, 201, await added.text());
      assert.equal((await post(given(), '/schedules', { ...body, mode: 'check' })).status, 409, 'its name is taken');
      const run = await firstRun(given(), 'nightly');
      assert.equal(run.outcome, 'started', JSON.stringify(run));
      const id = run.outcome === 'started' ? run.migrationId : '';
      const ended = await until(given(), id, hasEnded);
      assert.equal(ended.status, 'done');
      const { links } = await reportOf(given(), id);
      assert.equal((await fetch(links?.['report.html']?.url ?? '')).status, 200);
      assert.equal((await given().deployment.call('DELETE', '/schedules/nightly')).status, 204);
      assert.deepEqual(await get(given(), '/schedules'), { schedules: [] });
    });
  });
