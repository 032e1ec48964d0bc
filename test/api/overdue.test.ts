// Which schedules should have fired by now and did not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overdueSchedules } from '../../lib/api/overdue.ts';
import type { ScheduleRun } from '../../lib/api/schedule.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';

const CREATED = '2026-01-31T12:00:10.000Z';
const GRACE_MS = 10 * 60_000;

const started = (at: string): ScheduleRun => ({ at, outcome: 'started', migrationId: 'm' });
const skipped = (at: string): ScheduleRun => ({ at, outcome: 'skipped', migrationId: 'm' });
const refused = (at: string): ScheduleRun => ({ at, outcome: 'refused', message: 'no' });

type Row = readonly [
  what: string,
  expression: string,
  runs: readonly ScheduleRun[],
  now: string,
  dueAt: string | undefined,
];
const HOURLY = 'rate(1 hour)';
const NIGHTLY = 'cron(0 2 * * ? *)';

const ROWS: readonly Row[] = [
  ['one that was not due yet', HOURLY, [], '2026-01-31T13:00:00Z', undefined],
  ['one that was due a moment ago', HOURLY, [], '2026-01-31T13:05:00Z', undefined],
  ['one that was due and is silent', HOURLY, [], '2026-01-31T13:20:00Z', '2026-01-31T13:00:10.000Z'],
  ['one that fired', HOURLY, [started('2026-01-31T13:00:12Z')], '2026-01-31T13:20:00Z', undefined],
  [
    'one whose service counts from its own minute',
    HOURLY,
    [started('2026-01-31T13:00:00Z')],
    '2026-01-31T13:20:00Z',
    undefined,
  ],
  ['one that was skipped', HOURLY, [skipped('2026-01-31T13:00:12Z')], '2026-01-31T13:20:00Z', undefined],
  [
    'one that was refused',
    HOURLY,
    [refused('2026-01-31T13:00:12Z')],
    '2026-01-31T13:20:00Z',
    '2026-01-31T13:00:10.000Z',
  ],
  [
    'one that fired once and then no more',
    HOURLY,
    [started('2026-01-31T13:00:12Z')],
    '2026-01-31T14:20:00Z',
    '2026-01-31T14:00:10.000Z',
  ],
  ['a nightly one before its first night', NIGHTLY, [], '2026-01-31T23:00:00Z', undefined],
  ['a nightly one after its first night', NIGHTLY, [], '2026-02-01T02:11:00Z', '2026-02-01T02:00:00.000Z'],
  ['a nightly one that fired', NIGHTLY, [started('2026-02-01T02:00:00Z')], '2026-02-01T23:00:00Z', undefined],
  [
    'a nightly one that fired the night before',
    NIGHTLY,
    [started('2026-02-01T02:00:00Z')],
    '2026-02-02T03:00:00Z',
    '2026-02-02T02:00:00.000Z',
  ],
  ['one that is over', 'cron(0 2 1 1 ? 2020)', [], '2026-02-02T03:00:00Z', undefined],
];

for (const [what, expression, runs, now, dueAt] of ROWS) {
  test(`${what} is ${dueAt === undefined ? 'not ' : ''}overdue`, async () => {
    const records = await openSqliteRecords(':memory:');
    const request = { source: 'old', destination: 'new', mode: 'check', options: {} };
    const schedule = { name: 'one', expression, timeZone: 'UTC', request, createdAt: CREATED, runs };
    await records.put({ pk: 'schedules', sk: 'one', version: 0, ...schedule });
    const nowMs = Date.parse(now);
    const overdue = await overdueSchedules({ records, now: () => nowMs }, nowMs, GRACE_MS);
    assert.deepEqual(overdue, dueAt === undefined ? [] : [{ name: 'one', dueAt }]);
  });
}
