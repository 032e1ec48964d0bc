// What is taken for an answer of Picferry's API: its shapes, with whatever a newer one adds, and nothing else.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asDetail, asListing, asReportView, asSchedules, asStarted } from '../../lib/cli/answers.ts';
import { detail, ID, reportView, schedule } from './given-answers.ts';

const ESC = '\u001b]0;title\u0007';
const ANSWERS = {
  detail: detail(),
  listing: { migrations: [summaryOf()], next: '2026-05-01~x' },
  reportView,
  schedules: { schedules: [schedule] },
};

function summaryOf(): object {
  const { request: _, progress: __, roundFigures: ___, ...summary } = detail();
  return summary;
}

/** Names there are given by whoever was migrated, not by the API: anything goes. */
const FREE = new Set(['reasons', 'examples']);

const newer = (answer: unknown, name = ''): unknown => {
  if (Array.isArray(answer)) return answer.map((one) => newer(one));
  if (typeof answer !== 'object' || answer === null || FREE.has(name)) return answer;
  const known = Object.entries(answer).map(([field, value]) => [field, newer(value, field)]);
  return { ...Object.fromEntries(known), ofTheFuture: { figures: [1] } };
};

test('what the API answers is taken as it is', () => {
  assert.deepEqual(asDetail(structuredClone(ANSWERS.detail)), ANSWERS.detail);
  assert.deepEqual(asListing(structuredClone(ANSWERS.listing)), ANSWERS.listing);
  assert.deepEqual(asReportView(structuredClone(ANSWERS.reportView)), ANSWERS.reportView);
  assert.deepEqual(asSchedules(structuredClone(ANSWERS.schedules)), ANSWERS.schedules.schedules);
});

test('options are taken as they were accepted, also more of them than a request may have', () => {
  const given = detail();
  const options = { ...given.request.options, include: Array.from({ length: 200 }, (_, i) => `cam${i}/`) };
  const answer = { ...given, request: { ...given.request, options } };
  assert.deepEqual(asDetail(structuredClone(answer)), answer);
});

test('what a newer API adds is left out', () => {
  assert.deepEqual(asDetail(newer(ANSWERS.detail)), ANSWERS.detail);
  assert.deepEqual(asListing(newer(ANSWERS.listing)), ANSWERS.listing);
  assert.deepEqual(asReportView(newer(ANSWERS.reportView)), ANSWERS.reportView);
  assert.deepEqual(asSchedules(newer(ANSWERS.schedules)), ANSWERS.schedules.schedules);
  assert.deepEqual(asStarted({ id: ID, replayed: false, ofTheFuture: 1 }), { id: ID });
  assert.deepEqual(asStarted(JSON.parse(`{"id": "${ID}", "__proto__": {"id": 1}}`)), { id: ID });
});

describe('refused', () => {
  const TABLE: readonly (readonly [what: string, judge: () => unknown])[] = [
    ...['', ESC, '--open', '../x', 'a b', 'x'.repeat(81), '$(id)', 7, null].flatMap((id) => [
      [`the id ${JSON.stringify(id)} of what was started`, () => asStarted({ id })] as const,
      [`the id ${JSON.stringify(id)} of a migration`, () => asDetail({ ...detail(), id })] as const,
      [`the id ${JSON.stringify(id)} in a list`, () => asListing({ migrations: [{ ...summaryOf(), id }] })] as const,
      [
        `the id ${JSON.stringify(id)} of a report`,
        () => asReportView({ ...reportView, report: { ...reportView.report, id } }),
      ] as const,
    ]),
    ['a status', () => asDetail({ ...detail(), status: `done${ESC}` })],
    ['a time', () => asDetail({ ...detail(), startedAt: `${ESC}2026-05-01T12:00:00Z` })],
    ['a phase', () => asDetail({ ...detail(), progress: { ...detail().progress, phase: ESC } })],
    ['a round', () => asDetail({ ...detail(), roundFigures: [{ round: ESC }] })],
    ['a figure', () => asDetail({ ...detail(), remaining: { count: ESC, bytes: 0 } })],
    ['a name beside a wrong figure', () => asDetail({ ...detail(), rounds: ESC, [ESC]: 1 })],
    [
      'a count of a reason',
      () => asReportView({ ...reportView, report: { ...reportView.report, reasons: { [ESC]: ESC } } }),
    ],
    ['a schedule', () => asSchedules({ schedules: [{ ...schedule, name: ESC }] })],
    ['nothing', () => asDetail(undefined)],
    ['a list', () => asDetail([])],
  ];
  for (const [what, judge] of TABLE) {
    test(what, () => {
      assert.throws(judge, (error: Error) => {
        assert.equal(error.name, 'Unreachable');
        assert.match(
          error.message,
          /^\P{Cc}+ answered something else than Picferry's API does \(\P{Cc}+\): is it right/u,
        );
        return true;
      });
    });
  }
});
