// What --json prints, and what the exit code makes of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exitOf } from '../../lib/cli/exit.ts';
import { FINDINGS } from '../../lib/compare/findings.ts';
import { resultOf } from '../../lib/report/result.ts';
import { amount, type GivenReport, givenReport } from '../report/reports.ts';

describe('resultOf', () => {
  test('has null, never 0, where no comparison was completed', () => {
    const result = resultOf(givenReport({ status: 'failed', cause: 'killed', findings: null, rounds: 0 }), '/r.json');
    const unknown = { count: null, bytes: null };
    for (const finding of FINDINGS) {
      assert.deepEqual(result.findings[finding], { source: unknown, destination: unknown });
    }
    assert.deepEqual(result.remaining, unknown);
    assert.deepEqual(result.contentUnknown, unknown);
    assert.deepEqual(result.outcomes.copied, amount(0));
    assert.equal(result.cause, 'killed');
    assert.equal('message' in result, false);
  });

  test('has both sides of every finding', () => {
    const { findings, contentUnknown, report } = resultOf(
      givenReport({
        findings: { different: { source: amount(2, 10), destination: amount(2, 30) } },
        contentUnknown: amount(1, 5),
      }),
      '/state/report.json',
    );
    assert.deepEqual(findings.different, { source: amount(2, 10), destination: amount(2, 30) });
    assert.deepEqual(findings.missingOnDestination, { source: amount(0), destination: amount(0) });
    assert.deepEqual(contentUnknown, amount(1, 5));
    assert.equal(report, '/state/report.json');
  });
});

describe('exitOf', () => {
  const one = { source: amount(1), destination: amount(1) };
  const TABLE: readonly (readonly [string, GivenReport, number])[] = [
    ['a sync that left nothing', { outcomes: { copied: amount(9) } }, 0],
    ['a sync that kept a different one', { findings: { different: one } }, 0],
    ['a sync that something remains of', { remaining: amount(1) }, 1],
    ['a sync that failed to copy one, though it is there now', { outcomes: { failed: amount(1) } }, 1],
    ['a sync that did not try one', { outcomes: { notTried: amount(1) } }, 1],
    ['a sync whose remainder is not known', { findings: null }, 1],
    ['a sync that failed', { status: 'failed' }, 3],
    ['a sync that was cancelled', { status: 'cancelled', remaining: amount(1) }, 3],
    ['a sync that still runs', { status: 'running' }, 3],
    ['a check of alike stores', { mode: 'check', findings: { shared: one } }, 0],
    ['a check with extra pictures on the destination', { mode: 'check', findings: { missingOnSource: one } }, 0],
    ['a check with excluded ones', { mode: 'check', findings: { excluded: one } }, 0],
    ['a check with contents that nobody can compare', { mode: 'check', contentUnknown: amount(1) }, 0],
    ['a check with a missing one', { mode: 'check', findings: { missingOnDestination: one } }, 1],
    ['a check with an archived one', { mode: 'check', findings: { archived: one } }, 1],
    ['a check with one that settles', { mode: 'check', findings: { settling: one } }, 1],
    ['a check with a different one', { mode: 'check', findings: { different: one } }, 1],
    ['a check without figures', { mode: 'check', findings: null }, 1],
    ['a check that failed', { mode: 'check', status: 'failed', findings: { shared: one } }, 3],
  ];
  for (const [what, given, code] of TABLE) {
    test(`${what}: ${code}`, () => {
      const report = givenReport(given);
      assert.equal(exitOf(report.mode, resultOf(report, '')), code);
    });
  }
});
