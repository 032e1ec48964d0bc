// When schedules are due: EventBridge Scheduler's expressions, field by field, over clock changes, and what is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseExpression } from '../../lib/api/expression.ts';
import { UsageError } from '../../lib/stores/usage-error.ts';

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16);

/** A Wednesday. */
const FROM = Date.parse('2026-04-01T10:00:00Z');

const nextTwo = (expression: string, timeZone = 'UTC', fromMs = FROM) => {
  const due = parseExpression(expression, timeZone, fromMs);
  const first = due.next(fromMs);
  return [iso(first), first === undefined ? undefined : iso(due.next(first))];
};

describe('cron', () => {
  const DUE: readonly (readonly [expression: string, first: string, second: string])[] = [
    ['cron(* * * * ? *)', '2026-04-01T10:01', '2026-04-01T10:02'],
    ['cron(0 2 * * ? *)', '2026-04-02T02:00', '2026-04-03T02:00'],
    ['cron(0/15 * * * ? *)', '2026-04-01T10:15', '2026-04-01T10:30'],
    ['cron(5/20 10-12 * * ? *)', '2026-04-01T10:05', '2026-04-01T10:25'],
    ['cron(0,30 8 * * ? *)', '2026-04-02T08:00', '2026-04-02T08:30'],
    ['cron(0 12 ? * MON-FRI *)', '2026-04-01T12:00', '2026-04-02T12:00'],
    ['cron(0 12 ? * SAT,SUN *)', '2026-04-04T12:00', '2026-04-05T12:00'],
    ['cron(0 12 ? * 1 *)', '2026-04-05T12:00', '2026-04-12T12:00'],
    ['cron(0 12 ? * 7 *)', '2026-04-04T12:00', '2026-04-11T12:00'],
    ['cron(0 12 ? * L *)', '2026-04-04T12:00', '2026-04-11T12:00'],
    ['cron(0 12 ? * 6L *)', '2026-04-24T12:00', '2026-05-29T12:00'],
    ['cron(0 12 ? * 3#2 *)', '2026-04-14T12:00', '2026-05-12T12:00'],
    ['cron(0 12 ? * TUE#2 *)', '2026-04-14T12:00', '2026-05-12T12:00'],
    ['cron(0 12 L * ? *)', '2026-04-30T12:00', '2026-05-31T12:00'],
    ['cron(0 12 4W * ? *)', '2026-04-03T12:00', '2026-05-04T12:00'],
    ['cron(0 12 1 JAN,jul ? *)', '2026-07-01T12:00', '2027-01-01T12:00'],
    ['cron(0 12 29 2 ? *)', '2028-02-29T12:00', '2032-02-29T12:00'],
    ['cron(0 12 1 1 ? 2027-2030)', '2027-01-01T12:00', '2028-01-01T12:00'],
    ['CRON( 0  12 1 1 ? 2026/3 )', '2029-01-01T12:00', '2032-01-01T12:00'],
  ];
  for (const [expression, ...due] of DUE) {
    test(`${expression} is due at ${due.join(', ')}`, () => assert.deepEqual(nextTwo(expression), due));
  }

  test('is read in its time zone, winter and summer', () => {
    const [first] = nextTwo('cron(0 2 * * ? *)', 'Europe/Vienna');
    assert.equal(first, '2026-04-02T00:00');
    assert.equal(
      nextTwo('cron(0 2 * * ? *)', 'Europe/Vienna', Date.parse('2026-01-01T10:00:00Z'))[0],
      '2026-01-02T01:00',
    );
  });

  test('skips a time that the clocks jump over', () => {
    const due = nextTwo('cron(30 2 * * ? *)', 'Europe/Vienna', Date.parse('2026-03-28T10:00:00Z'));
    assert.deepEqual(due, ['2026-03-30T00:30', '2026-03-31T00:30']);
  });

  test('is due once at a time that comes twice, also when it is due every hour', () => {
    for (const expression of ['cron(30 2 * * ? *)', 'cron(30 * * * ? *)']) {
      const due = parseExpression(expression, 'Europe/Vienna');
      const first = due.next(Date.parse('2026-10-25T00:00:00Z'));
      assert.equal(iso(first), '2026-10-25T00:30', expression);
      assert.notEqual(iso(due.next(first ?? 0)), '2026-10-25T01:30', expression);
      assert.equal(iso(due.previous(Date.parse('2026-10-25T02:00:00Z'))), '2026-10-25T00:30', expression);
    }
  });

  test('that is over, or never comes, has no next time', () => {
    assert.deepEqual(nextTwo('cron(0 12 1 1 ? 2020)'), [undefined, undefined]);
    assert.equal(iso(parseExpression('cron(0 12 1 1 ? 2020)', 'UTC').previous(FROM)), '2020-01-01T12:00');
    assert.deepEqual(nextTwo('cron(0 12 30 2 ? *)'), [undefined, undefined]);
  });

  test('next and previous undo each other', () => {
    const expressions = fc.constantFrom(...DUE.map(([expression]) => expression));
    const zones = fc.constantFrom('UTC', 'Europe/Vienna', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
    const times = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') });
    fc.assert(
      fc.property(expressions, zones, times, (expression, zone, ms) => {
        const due = parseExpression(expression, zone);
        const next = due.next(ms);
        if (next === undefined) return;
        assert.ok(next > ms);
        assert.equal(due.next(next - 1), next);
        assert.equal(due.previous(next + 1), next);
        const before = due.previous(next);
        assert.ok(before === undefined || before <= ms, 'nothing lies between');
      }),
      { numRuns: 300 },
    );
  });
});

describe('rate', () => {
  for (const [expression, ...due] of [
    ['rate(1 minute)', '2026-04-01T10:01', '2026-04-01T10:02'],
    ['rate(90 minutes)', '2026-04-01T11:30', '2026-04-01T13:00'],
    ['rate(1 hour)', '2026-04-01T11:00', '2026-04-01T12:00'],
    ['rate(7 days)', '2026-04-08T10:00', '2026-04-15T10:00'],
  ] as const) {
    test(`${expression} counts from the schedule's beginning: ${due.join(', ')}`, () =>
      assert.deepEqual(nextTwo(expression), due));
  }

  test('is never due before its first period has passed', () => {
    const due = parseExpression('rate(1 hour)', 'UTC', FROM);
    assert.equal(due.previous(FROM), undefined);
    assert.equal(due.previous(FROM + 3_600_000), undefined);
    assert.equal(due.previous(FROM + 3_600_001), FROM + 3_600_000);
    assert.equal(due.next(FROM - 86_400_000), FROM + 3_600_000);
  });
});

describe('an expression that AWS would not take', () => {
  const REFUSED: readonly (readonly [expression: string, why: RegExp])[] = [
    ['', /is no schedule/],
    ['0 2 * * ? *', /is no schedule/],
    ['at(2026-01-01T00:00:00)', /is no schedule/],
    ['rate(5 minutes) ', /is no schedule/],
    ['rate()', /write rate/],
    ['rate(1 minutes)', /write rate/],
    ['rate(2 hour)', /write rate/],
    ['rate(0 hours)', /write rate/],
    ['rate(1.5 hours)', /write rate/],
    ['rate(-1 days)', /write rate/],
    ['rate(30 seconds)', /write rate/],
    ['rate(999999999 days)', /write rate/],
    ['cron(0 2 * * ?)', /six fields/],
    ['cron(0 0 2 * * ? *)', /six fields/],
    ['cron(@daily)', /six fields/],
    ['cron(60 2 * * ? *)', /minute: 60/],
    ['cron(0 24 * * ? *)', /hour: 24/],
    ['cron(0 2 32 * ? *)', /day: 31|32/],
    ['cron(0 2 * 13 ? *)', /month/],
    ['cron(0 2 ? * 0 *)', /day of week cannot be 0/],
    ['cron(0 2 ? * 8 *)', /day of week cannot be 8/],
    ['cron(0 2 ? * MON#6 *)', /day of week cannot be/],
    ['cron(0 2 ? * FRI#L *)', /day of week cannot be/],
    ['cron(0 2 * * ? 1969)', /year cannot be 1969/],
    ['cron(0 2 * * ? 2200)', /year cannot be 2200/],
    ['cron(? 2 * * ? *)', /minute cannot be \?/],
    ['cron(0 2 * * * *)', /must be \?/],
    ['cron(0 2 ? * ? *)', /must be \?/],
    ['cron(0 2 1 * MON *)', /must be \?/],
    ['cron(a 2 * * ? *)', /minute cannot be a/],
    ['cron(0/0 2 * * ? *)', /stepping/],
    ['cron(0 22-2 * * ? *)', /larger/],
  ];
  for (const [expression, why] of REFUSED) {
    test(`${JSON.stringify(expression)} is refused`, () =>
      assert.throws(
        () => parseExpression(expression, 'UTC'),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, why);
          return true;
        },
      ));
  }

  for (const zone of ['', 'Mars/Olympus', '+01:00', 'Europe/Vienna ', '../UTC']) {
    test(`the time zone ${JSON.stringify(zone)} is refused`, () =>
      assert.throws(() => parseExpression('rate(1 hour)', zone), UsageError));
  }

  test('whatever it is, is refused with a sentence and nothing else', () => {
    const text = fc.string({ maxLength: 40 });
    const cronLike = fc.array(fc.stringMatching(/^[0-9,*?/LW#A-Z-]{1,6}$/), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((inner) => `rate(${inner})`),
          cronLike.map((all) => `cron(${all.join(' ')})`),
        ),
        (expression) => {
          try {
            const due = parseExpression(expression, 'UTC', FROM);
            due.next(FROM);
            due.previous(FROM);
          } catch (error) {
            assert.ok(error instanceof UsageError, String(error));
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
