// Schedules inside serve, with a clock of the test's own: what fires, when, and under which id.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Firing } from '../../lib/api/fire-schedule.ts';
import type { ScheduleDocument } from '../../lib/api/schedule.ts';
import { createCron, storedScheduler } from '../../lib/embedded/cron.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';

const at = (time: string): number => Date.parse(`2026-01-31T${time}Z`);

const given = async (t: TestContext, begun: string, fire?: (firing: Firing) => Promise<unknown>) => {
  const records = await openSqliteRecords(':memory:');
  const clock = { nowMs: at(begun) };
  const fired: Firing[] = [];
  const said: string[] = [];
  const open = () =>
    createCron({
      records,
      now: () => clock.nowMs,
      fire: async (firing) => {
        fired.push(firing);
        await fire?.(firing);
      },
      log: (message) => said.push(message),
      againMs: 1,
    });
  let cron = open();
  t.after(async () => {
    await cron.close();
    records.close();
  });
  return {
    records,
    fired,
    said,
    add: (name: string, expression: string, createdAt: string, timeZone = 'UTC') =>
      records.put({
        ...{ pk: 'schedules', sk: name, name, expression, timeZone, createdAt: new Date(at(createdAt)).toISOString() },
        ...{ version: 0, request: {}, runs: [] },
      } as unknown as ScheduleDocument),
    /** What has fired by that time, and when the next look is due, ms. */
    lookAt: async (time: string): Promise<{ names: string[]; waitMs: number }> => {
      const before = fired.length;
      clock.nowMs = at(time);
      const waitMs = await cron.look();
      await new Promise(setImmediate);
      return { names: fired.slice(before).map(({ schedule, at: due }) => `${schedule} ${due?.slice(11, 19)}`), waitMs };
    },
    restart: async (time: string): Promise<void> => {
      await cron.close();
      clock.nowMs = at(time);
      cron = open();
    },
    close: () => cron.close(),
  };
};

describe('schedules inside serve', () => {
  test('fire once when they are due, with the time they were due at', async (t) => {
    const { add, lookAt } = await given(t, '12:00:00');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    assert.deepEqual((await lookAt('12:59:58')).names, []);
    assert.deepEqual((await lookAt('13:00:00')).names, ['hourly 13:00:00']);
    assert.deepEqual((await lookAt('13:00:02')).names, []);
    assert.deepEqual((await lookAt('13:59:59')).names, []);
    assert.deepEqual((await lookAt('14:00:01')).names, ['hourly 14:00:00']);
  });

  test('are looked at again at the moment they are due, and every two seconds anyway', async (t) => {
    const { add, lookAt } = await given(t, '12:00:00');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    assert.equal((await lookAt('12:00:00.500')).waitMs, 2_000);
    assert.equal((await lookAt('12:59:59.250')).waitMs, 750);
    assert.equal((await lookAt('13:00:00')).waitMs, 2_000);
  });

  test('with a rate count from when they were made, which is no firing yet', async (t) => {
    const { add, lookAt } = await given(t, '12:00:20');
    await add('often', 'rate(1 minute)', '12:00:30');
    assert.deepEqual((await lookAt('12:00:31')).names, []);
    assert.deepEqual((await lookAt('12:01:29')).names, []);
    assert.deepEqual((await lookAt('12:01:30')).names, ['often 12:01:30']);
    assert.deepEqual((await lookAt('12:02:31')).names, ['often 12:02:30']);
  });

  test('go by their time zone', async (t) => {
    const { add, lookAt } = await given(t, '12:00:00');
    await add('noon', 'cron(30 13 * * ? *)', '08:00:00', 'Europe/Vienna');
    assert.deepEqual((await lookAt('12:30:00')).names, ['noon 12:30:00']);
  });

  test('added by another process fire too, even where they were due before anybody looked', async (t) => {
    const { add, lookAt } = await given(t, '12:59:58');
    await lookAt('12:59:59');
    await add('hourly', 'cron(0 * * * ? *)', '12:59:59.500');
    assert.deepEqual((await lookAt('13:00:01')).names, ['hourly 13:00:00']);
  });

  test('removed by another process fire no more', async (t) => {
    const { add, lookAt, records } = await given(t, '12:59:58');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    await records.remove('schedules', 'hourly');
    assert.deepEqual((await lookAt('13:00:01')).names, []);
  });

  test('that came due while nothing served are not caught up', async (t) => {
    const { add, lookAt, restart } = await given(t, '12:00:00');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:30:00');
    await restart('15:00:01');
    assert.deepEqual((await lookAt('15:00:02')).names, []);
    assert.deepEqual((await lookAt('16:00:00')).names, ['hourly 16:00:00']);
  });

  test('that came due while the machine slept are told as missed, and go on from there', async (t) => {
    const { add, lookAt, said } = await given(t, '12:00:00');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:30:00');
    assert.deepEqual((await lookAt('15:20:00')).names, []);
    assert.deepEqual(said, ['a due time was missed']);
    assert.deepEqual((await lookAt('16:00:00')).names, ['hourly 16:00:00']);
  });

  test('a little late still fire', async (t) => {
    const { add, lookAt } = await given(t, '12:00:00');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    assert.deepEqual((await lookAt('13:00:50')).names, ['hourly 13:00:00']);
  });

  test('fire again under the same id when the clock is set back, and under another when it is really another time', async (t) => {
    const { add, lookAt, fired } = await given(t, '12:00:00');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    await lookAt('13:00:00');
    await lookAt('12:30:00');
    await lookAt('12:59:59');
    await lookAt('13:00:01');
    await lookAt('14:00:00');
    assert.deepEqual(
      fired.map(({ at: due }) => due?.slice(11, 16)),
      ['13:00', '13:00', '14:00'],
    );
    const ids = fired.map(({ executionId }) => executionId);
    assert.equal(ids[0], ids[1], 'whoever starts it knows the id');
    assert.notEqual(ids[1], ids[2]);
  });

  test('restarted within the second they were due in have the same id', async (t) => {
    const { add, lookAt, restart, fired } = await given(t, '12:59:58');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    await lookAt('13:00:00');
    // The clock is behind what it was: as after a restart on a machine that has just been told the time.
    await restart('12:59:59.900');
    await lookAt('13:00:00.500');
    assert.equal(fired.length, 2);
    assert.equal(fired[0]?.executionId, fired[1]?.executionId);
  });

  test('that one of them cannot be read keeps no other from firing', async (t) => {
    const { add, lookAt, said } = await given(t, '12:59:58');
    await add('broken', 'every now and then', '08:00:00');
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    assert.deepEqual((await lookAt('13:00:00')).names, ['hourly 13:00:00']);
    assert.ok(said.includes('a schedule cannot be read'));
  });

  test('that fail again and again say so, with the time they were due at and the reason', async (t) => {
    const { add, lookAt, records, said, fired } = await given(t, '12:59:58', async () => {
      throw new Error('database or disk is full');
    });
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    await lookAt('13:00:00');
    const runs = async () => (await records.get<ScheduleDocument>('schedules', 'hourly'))?.runs ?? [];
    while ((await runs()).length === 0) await sleep(1);
    const message = 'It could not be started, 3 times: database or disk is full';
    assert.deepEqual(await runs(), [{ at: '2026-01-31T13:00:00.000Z', outcome: 'refused', message }]);
    assert.equal(new Set(fired.map(({ executionId }) => executionId)).size, 1);
    assert.deepEqual(said, Array(3).fill('a schedule did not fire'));
  });

  test('whose failure cannot be noted either go on firing', async (t) => {
    const { add, lookAt, records, said } = await given(t, '12:59:58', async () => {
      throw new Error('full');
    });
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    const { put } = records;
    Object.assign(records, { put: () => Promise.reject(new Error('full')) });
    await lookAt('13:00:00');
    while (!said.includes('a run could not be noted')) await sleep(1);
    Object.assign(records, { put });
    assert.deepEqual((await lookAt('14:00:00')).names, ['hourly 14:00:00']);
  });

  test('closing waits for what is being fired, and fires nothing more', async (t) => {
    const gate = Promise.withResolvers<void>();
    const { add, lookAt, close, fired } = await given(t, '12:59:58', () => gate.promise);
    await add('hourly', 'cron(0 * * * ? *)', '08:00:00');
    await lookAt('12:59:59');
    await lookAt('13:00:00');
    let closed = false;
    const closing = close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    assert.equal(closed, false);
    gate.resolve();
    await closing;
    await lookAt('14:00:00');
    assert.equal(fired.length, 1);
  });

  for (const [expression, timeZone] of [
    ['every now and then', 'UTC'],
    ['cron(0 2 * * * *)', 'UTC'],
    ['rate(1 minute)', 'Mars/Olympus'],
  ] as const) {
    test(`${expression} in ${timeZone} cannot be set`, () =>
      assert.rejects(storedScheduler.set({ name: 'x', expression, timeZone }), { name: 'UsageError' }));
  }
});
