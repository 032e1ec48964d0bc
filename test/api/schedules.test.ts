// Schedules: added, shown, fired, skipped, removed; what a firing starts is started once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fired, fireSchedule } from '../../lib/api/fire-schedule.ts';
import type { Schedule, ScheduleView } from '../../lib/api/schedule.ts';
import { addSchedule, noteRun } from '../../lib/api/schedules.ts';
import { startInvoked } from '../../lib/api/start-invoked.ts';
import { StoreUnavailable } from '../../lib/stores/errors.ts';
import type { Records } from '../../lib/workflow/ports.ts';
import { listMigrations } from '../../lib/workflow/record.ts';
import { type GivenApi, givenApi, refusalOf } from '../support/given-api.ts';

const SYNC = { source: 'old', destination: 'new', mode: 'sync' };
const NIGHTLY = { name: 'nightly', expression: 'cron(0 2 * * ? *)', timeZone: 'Europe/Vienna', ...SYNC };
const AT = '2026-01-31T01:00:00.000Z';

const add = async ({ call }: GivenApi, body: object = NIGHTLY): Promise<void> => {
  const { status, text } = await call('POST', '/schedules', { body });
  assert.equal(status, 201, text);
};
const shown = async ({ call }: GivenApi, name = 'nightly'): Promise<ScheduleView> =>
  (await call('GET', `/schedules/${name}`)).json as ScheduleView;
const fire = ({ host }: GivenApi, executionId: string, at = AT): Promise<Fired> =>
  fireSchedule({ schedule: 'nightly', executionId, at }, host);
const idOf = (fired: Fired): string => {
  assert.ok('id' in fired, JSON.stringify(fired));
  return fired.id;
};

describe('schedules', () => {
  test('are added, set with the scheduler, shown, listed by name and removed', async (t) => {
    const given = await givenApi(t);
    const { call, fired } = given;
    assert.deepEqual((await call('GET', '/schedules')).json, { schedules: [] });
    const added = await call('POST', '/schedules', { body: NIGHTLY });
    assert.equal(added.status, 201);
    assert.equal(added.headers.get('location'), '/schedules/nightly');
    assert.deepEqual([...fired], [['nightly', { expression: NIGHTLY.expression, timeZone: NIGHTLY.timeZone }]]);
    const { nextAt, ...schedule } = await shown(given);
    assert.deepEqual(added.json, { ...schedule, nextAt });
    assert.ok(Date.parse(nextAt ?? '') > Date.now());
    assert.deepEqual([schedule.request.mode, schedule.request.options.order, schedule.runs], ['sync', 'newest', []]);
    await add(given, { ...NIGHTLY, name: 'another', expression: 'rate(2 hours)', timeZone: undefined });
    const { schedules } = (await call('GET', '/schedules')).json as { schedules: Schedule[] };
    assert.deepEqual(
      schedules.map(({ name, timeZone }) => [name, timeZone]),
      [
        ['another', 'UTC'],
        ['nightly', 'Europe/Vienna'],
      ],
    );
    assert.equal((await call('DELETE', '/schedules/nightly')).status, 204);
    assert.deepEqual([...fired.keys()], ['another']);
    refusalOf(await call('GET', '/schedules/nightly'), 404);
    refusalOf(await call('DELETE', '/schedules/nightly'), 404);
  });

  test('keep their names: another one of that name is refused and changes nothing', async (t) => {
    const given = await givenApi(t);
    await add(given);
    const body = { ...NIGHTLY, expression: 'rate(1 minute)' };
    assert.match(refusalOf(await given.call('POST', '/schedules', { body }), 409).detail, /another name, or remove/);
    assert.equal((await shown(given)).expression, NIGHTLY.expression);
    assert.equal(given.fired.get('nightly')?.expression, NIGHTLY.expression);
  });

  test('are completed by the same request again, where the first was cut off before the scheduler was told', async (t) => {
    const given = await givenApi(t);
    const { call, fired, host } = given;
    const silent = { ...host, scheduler: { ...host.scheduler, set: () => new Promise<void>(() => {}) } };
    void addSchedule(NIGHTLY, silent);
    while ((await call('GET', '/schedules/nightly')).status !== 200) await sleep(5);
    assert.deepEqual([...fired.keys()], []);
    await add(given);
    assert.deepEqual([...fired.keys()], ['nightly']);
    await add(given);
    assert.equal(((await call('GET', '/schedules')).json as { schedules: unknown[] }).schedules.length, 1);
  });

  test('of which two come at once under one name are one', async (t) => {
    const given = await givenApi(t);
    const bodies = [NIGHTLY, { ...NIGHTLY, mode: 'check' }];
    const answers = await Promise.all(bodies.map((body) => given.call('POST', '/schedules', { body })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409]);
  });

  test('that the service does not take are not kept', async (t) => {
    const given = await givenApi(t);
    const body = { ...NIGHTLY, expression: 'rate(99 days)' };
    assert.match(refusalOf(await given.call('POST', '/schedules', { body }), 400).detail, /does not take it/);
    refusalOf(await given.call('GET', '/schedules/nightly'), 404);
  });

  test('that could not be set, because the service failed, can be added again', async (t) => {
    const given = await givenApi(t);
    const { set } = given.host.scheduler;
    Object.assign(given.host.scheduler, { set: () => Promise.reject(new Error('AccessDenied on arn:aws:scheduler')) });
    const { status, text } = await given.call('POST', '/schedules', { body: NIGHTLY });
    assert.equal(status, 500);
    assert.doesNotMatch(text, /arn:/);
    Object.assign(given.host.scheduler, { set });
    await add(given);
  });

  test('that could not be unset are still there', async (t) => {
    const given = await givenApi(t);
    await add(given);
    Object.assign(given.host.scheduler, { unset: () => Promise.reject(new Error('no answer')) });
    assert.equal((await given.call('DELETE', '/schedules/nightly')).status, 500);
    assert.equal((await shown(given)).name, 'nightly');
  });
});

describe('a schedule that fires', () => {
  test('starts its migration and says so', async (t) => {
    const given = await givenApi(t);
    await add(given);
    const id = idOf(await fire(given, 'one'));
    await given.ended(id);
    assert.deepEqual((await shown(given)).runs, [{ at: AT, outcome: 'started', migrationId: id }]);
    assert.equal((await given.call('GET', `/migrations/${id}`)).status, 200);
  });

  test('with the same execution again, at once or later, starts nothing else and is one run', async (t) => {
    const given = await givenApi(t);
    await add(given);
    const fired = await Promise.all([1, 2, 3].map(() => fire(given, 'one')));
    const id = idOf(await fire(given, 'one'));
    assert.deepEqual(new Set(fired.map(idOf)), new Set([id]));
    assert.equal((await shown(given)).runs.length, 1);
    assert.equal((await listMigrations(given.host.records, { limit: 9 })).length, 1);
  });

  test('while its pair is busy is skipped, with the migration that is in the way', async (t) => {
    const given = await givenApi(t);
    await add(given);
    given.hold();
    const holder = await given.start(SYNC);
    assert.deepEqual(await fire(given, 'one'), { kind: 'busy', id: holder });
    await fire(given, 'one');
    assert.deepEqual((await shown(given)).runs, [{ at: AT, outcome: 'skipped', migrationId: holder }]);
    given.letGo();
    await given.ended(holder);
    assert.equal((await fire(given, 'two')).kind, 'started');
  });

  test('whose stores are known no longer is refused, and says why', async (t) => {
    const given = await givenApi(t);
    await add(given);
    Object.assign(given.host.stores, { resolve: () => undefined });
    assert.equal((await fire(given, 'one')).kind, 'refused');
    const [run] = (await shown(given)).runs;
    assert.equal(run?.outcome, 'refused');
    assert.match(run?.outcome === 'refused' ? run.message : '', /is no store/);
  });

  test('that could not be started at once is started by the repetition', async (t) => {
    const given = await givenApi(t);
    await add(given);
    const { host } = given;
    let failures = 1;
    const start = async (id: string): Promise<void> => {
      if (failures-- > 0) throw new StoreUnavailable('Slow down.');
      return host.executions.start(id);
    };
    const throttled = { ...host, executions: { ...host.executions, start } };
    const firing = { schedule: 'nightly', executionId: 'e', at: AT };
    await assert.rejects(fireSchedule(firing, throttled));
    const id = idOf(await fireSchedule(firing, throttled));
    assert.equal(idOf(await fireSchedule(firing, throttled)), id, 'once it was started, it is that one');
    await given.ended(id);
    assert.deepEqual((await shown(given)).runs, [{ at: AT, outcome: 'started', migrationId: id }]);
    assert.equal(
      (await given.call('GET', `/migrations/${id}`).then(({ json }) => json as { status: string })).status,
      'done',
    );
  });

  test('is not noted with another schedule that was given its name meanwhile', async (t) => {
    const given = await givenApi(t);
    await add(given);
    const { records } = given.host;
    const later = { ...NIGHTLY, mode: 'check', expression: 'rate(1 day)' };
    let first = true;
    /** Removed and added anew between what is read and what is written. */
    const get: typeof records.get = async (pk, sk) => {
      const found = (await records.get(pk, sk)) as never;
      if (first) {
        first = false;
        given.pass(1_000);
        await given.call('DELETE', '/schedules/nightly');
        await add(given, later);
      }
      return found;
    };
    const between: Records = {
      get,
      put: (...given) => records.put(...given),
      list: (...given) => records.list(...given),
      newest: (...given) => records.newest(...given),
      remove: (...given) => records.remove(...given),
    };
    await noteRun({ records: between }, 'nightly', { at: AT, outcome: 'skipped', migrationId: 'x' });
    const { expression, request, runs } = await shown(given);
    assert.deepEqual([expression, request.mode, runs], ['rate(1 day)', 'check', []]);
  });

  test('keeps its last twenty runs, newest first', async (t) => {
    const given = await givenApi(t);
    await add(given);
    given.hold();
    await given.start(SYNC);
    const times = Array.from({ length: 25 }, (_, i) => new Date(Date.parse(AT) + i * 60_000).toISOString());
    for (const at of times) await fire(given, at, at);
    const { runs } = await shown(given);
    assert.deepEqual(
      runs.map(({ at }) => at),
      times.toReversed().slice(0, 20),
    );
  });

  test('after it was removed does nothing', async (t) => {
    const given = await givenApi(t);
    await add(given);
    await given.call('DELETE', '/schedules/nightly');
    given.effects.length = 0;
    assert.deepEqual(await fire(given, 'one'), { kind: 'gone' });
    assert.deepEqual(given.effects, []);
  });
});

describe('the function Start', () => {
  test('fires a schedule, by the invocation’s id where the execution’s is not filled in, now where no time is', async (t) => {
    const given = await givenApi(t);
    await add(given);
    const placeholders = { executionId: '<aws.scheduler.execution-id>', at: '<aws.scheduler.scheduled-time>' };
    const input = { schedule: 'nightly', ...placeholders };
    const first = idOf(await startInvoked(input, 'invocation-1', given.host));
    await given.ended(first);
    assert.equal(idOf(await startInvoked(input, 'invocation-1', given.host)), first, 'Lambda tried again');
    const second = idOf(await startInvoked(input, 'invocation-2', given.host));
    assert.notEqual(second, first);
    const { runs } = await shown(given);
    assert.equal(runs.length, 2);
    assert.ok(runs.every(({ at }) => Math.abs(Date.parse(at) - given.host.now()) < 60_000));
    await given.ended(second);
    const third = { schedule: 'nightly', executionId: 'filled-in', at: '2026-01-31T01:00:00Z' };
    const id = idOf(await startInvoked(third, 'invocation-3', given.host));
    assert.equal(idOf(await startInvoked(third, 'invocation-4', given.host)), id);
  });

  test('without a key is one start however often Lambda repeats the invocation', async (t) => {
    const given = await givenApi(t);
    const id = idOf(await startInvoked(SYNC, 'invocation-1', given.host));
    await given.ended(id);
    assert.equal(idOf(await startInvoked(SYNC, 'invocation-1', given.host)), id);
    const other = idOf(await startInvoked(SYNC, 'invocation-2', given.host));
    assert.notEqual(other, id);
    await given.ended(other);
  });

  test('takes a body as POST /migrations does, with its key', async (t) => {
    const given = await givenApi(t);
    const input = { ...SYNC, idempotencyKey: 'a' };
    const id = idOf(await startInvoked(input, 'invocation-1', given.host));
    await given.ended(id);
    assert.deepEqual(await startInvoked(input, 'invocation-2', given.host), { kind: 'started', id, replayed: true });
    const { status, json } = await given.call('POST', '/migrations', {
      body: SYNC,
      headers: { 'idempotency-key': 'a' },
    });
    assert.deepEqual([status, json], [202, { id, replayed: true }], 'one key, however it comes');
  });

  for (const [what, input, status] of [
    ['nothing', undefined, 400],
    ['an empty object', {}, 400],
    ['a schedule without an execution', { schedule: 'nightly' }, 400],
    ['a schedule of another type', { schedule: 7, executionId: 'x' }, 400],
    ['stores by address', { ...SYNC, source: 's3://elsewhere/' }, 403],
    ['stores as the workflow has them', { ...SYNC, source: { type: 's3', bucket: 'elsewhere', prefix: '' } }, 400],
    ['an unknown migration', { from: 'nobody' }, 404],
  ] as const) {
    test(`refuses ${what}, logs it and does nothing`, async (t) => {
      const { host, effects, logged } = await givenApi(t);
      const refused = await startInvoked(input, 'invocation-1', host);
      assert.equal(refused.kind === 'refused' && refused.status, status);
      assert.ok(logged.some(({ message }) => message === 'refused'));
      assert.deepEqual(effects, []);
    });
  }

  test('throws what it did not expect, so that Lambda tries again', async (t) => {
    const given = await givenApi(t);
    await add(given);
    given.host.records.put = () => Promise.reject(new Error('throttled'));
    await assert.rejects(startInvoked({ schedule: 'nightly', executionId: 'x' }, 'i', given.host), /throttled/);
  });
});
