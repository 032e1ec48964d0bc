// The report as a table for terminals.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OUTCOMES } from '../../lib/compare/outcomes.ts';
import { reportTable } from '../../lib/report/table.ts';
import { amount, givenReport } from './reports.ts';

const rowOf = (table: string, name: string): string[] => {
  const row = table.split('\n').find((line) => line.trim().startsWith(name));
  assert.ok(row, `no row ${name} in\n${table}`);
  return row.trim().split(/ {2,}/);
};

describe('reportTable', () => {
  test('is aligned: names to the left, figures to the right', () => {
    const table = reportTable(
      givenReport({
        mode: 'check',
        findings: {
          shared: { source: amount(1_080, 2_700_000), destination: amount(1_080, 2_700_000) },
          missingOnDestination: { source: amount(7_560, 24_000_000) },
          missingOnSource: { destination: amount(360, 900_000) },
        },
        remaining: amount(7_560, 24_000_000),
      }),
    );
    assert.equal(
      table,
      [
        'Findings                  source           destination',
        '  shared                   1,080  2.70 MB        1,080  2.70 MB',
        '  different                    0  0 bytes            0  0 bytes',
        '  missing on destination   7,560  24.0 MB            -',
        '  missing on source            -                   360   900 kB',
        '  archived                     0  0 bytes            -',
        '  settling                     0  0 bytes            -',
        '  excluded                     0  0 bytes            0  0 bytes',
        '  listed                   8,640  26.7 MB        1,440  3.60 MB',
        '',
        'Remaining  7,560  24.0 MB',
        'Rounds         1',
      ].join('\n'),
    );
  });

  test('says "not known" where no comparison was completed, never 0', () => {
    const table = reportTable(givenReport({ status: 'failed', cause: 'IncompleteListing', findings: null, rounds: 0 }));
    assert.deepEqual(rowOf(table, 'missing on destination'), ['missing on destination', 'not known', '-']);
    assert.deepEqual(rowOf(table, 'shared'), ['shared', 'not known', 'not known']);
    assert.deepEqual(rowOf(table, 'listed'), ['listed', 'not known', 'not known']);
    assert.deepEqual(rowOf(table, 'Remaining'), ['Remaining', 'not known']);
  });

  test('shows every outcome of a sync by name, failures with their reasons', () => {
    const table = reportTable(
      givenReport({
        outcomes: { copied: amount(5), failed: amount(3) },
        reasons: { accessDenied: 2, keyNotAllowed: 1 },
      }),
    );
    assert.equal(OUTCOMES.length, 7);
    for (const name of ['copied', 'replaced', 'already there', 'gone from source', 'changed on source', 'not tried']) {
      rowOf(table, name);
    }
    assert.deepEqual(rowOf(table, 'failed'), ['failed', '3', '3.00 kB']);
    assert.deepEqual(rowOf(table, 'accessDenied'), ['accessDenied', '2']);
  });

  test('shows a reason as it is spelled, and no terminal hears what is in it', () => {
    const reasons = { 'bad\u001b[2J\u009b': 1 };
    const rounds = '\u001b]0;x\u0007' as unknown as number;
    const table = reportTable(givenReport({ outcomes: { failed: amount(1) }, reasons, rounds }));
    assert.deepEqual(rowOf(table, 'bad\\u{1b}[2J\\u{9b}').slice(1), ['1']);
    assert.deepEqual(rowOf(table, 'Rounds').slice(1), ['\\u{1b}]0;x\\u{7}']);
  });

  test('has no outcomes for a check', () => {
    assert.doesNotMatch(reportTable(givenReport({ mode: 'check' })), /Outcomes|copied/);
  });
});
