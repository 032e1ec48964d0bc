// What every implementation of Scheduler promises: the schedules that were set fire, as they were set last, and no others.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Firing } from '../../lib/api/fire-schedule.ts';
import type { Schedule } from '../../lib/api/schedule.ts';

export type Settable = Pick<Schedule, 'name' | 'expression' | 'timeZone'>;

export interface SchedulerTwin {
  /** As the API does it: with the schedule's document. */
  set(schedule: Settable): Promise<void>;
  unset(name: string): Promise<void>;
  /** What fires, as it stands there; undefined: nothing of that name. */
  known(name: string): Promise<Settable | undefined>;
  /** What Start is told when this one is due. */
  firing(name: string): Promise<Firing>;
  close(): Promise<void>;
}

const nightly: Settable = { name: 'nightly_1-a', expression: 'cron(30 2 * * ? *)', timeZone: 'Europe/Vienna' };

export const schedulerContract = (name: string, open: () => Promise<SchedulerTwin>): void => {
  describe(`scheduler: ${name}`, () => {
    let twin: SchedulerTwin;
    before(async () => {
      twin = await open();
    });
    after(() => twin.close());

    test('what was set is known, with its time zone', async () => {
      await twin.set(nightly);
      assert.deepEqual(await twin.known(nightly.name), nightly);
    });

    test('setting it again changes it', async () => {
      const often: Settable = { name: nightly.name, expression: 'rate(5 minutes)', timeZone: 'UTC' };
      await twin.set(often);
      assert.deepEqual(await twin.known(nightly.name), often);
    });

    test('it fires with its name, and with an id of that one firing', async () => {
      await twin.set({ name: 'every-minute', expression: 'rate(1 minute)', timeZone: 'UTC' });
      const { schedule, executionId } = await twin.firing('every-minute');
      assert.equal(schedule, 'every-minute');
      assert.ok(executionId.length > 0);
    });

    test('what was unset is gone, also when it was gone before', async () => {
      await twin.unset(nightly.name);
      assert.equal(await twin.known(nightly.name), undefined);
      await twin.unset(nightly.name);
      await twin.unset('never-was');
    });

    test('no expression at all is a UsageError, and sets nothing', async () => {
      await assert.rejects(twin.set({ ...nightly, name: 'empty', expression: '' }), { name: 'UsageError' });
      assert.equal(await twin.known('empty'), undefined);
    });
  });
};
