// What a migration's end means, in sentences.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Forecast } from '../../lib/report/forecast.ts';
import { resultOf } from '../../lib/report/result.ts';
import { verdictOf, warningsOf } from '../../lib/report/sentences.ts';
import type { OnDifferent } from '../../lib/workflow/request.ts';
import { amount, type GivenReport, givenReport } from './reports.ts';

const one = { source: amount(1), destination: amount(1) };
const verdict = (given: GivenReport): string => {
  const report = givenReport(given);
  return verdictOf(report, resultOf(report, ''));
};

describe('the verdict', () => {
  const AS_OF = 'as of 2026-05-01 12:00:01 UTC';
  const TABLE: readonly (readonly [string, GivenReport, string])[] = [
    ['a sync that left nothing', {}, `Nothing missing ${AS_OF}.`],
    [
      'a sync that failed to copy some',
      { remaining: amount(2), outcomes: { failed: amount(1), notTried: amount(1) } },
      `2 pictures (2.00 kB) remaining ${AS_OF}; 1 picture (1.00 kB) failed; 1 picture (1.00 kB) not tried.`,
    ],
    ['a check that found nothing', { mode: 'check' }, `Nothing missing on the destination ${AS_OF}.`],
    [
      'a check that found some, and different ones',
      { mode: 'check', findings: { missingOnDestination: one, different: one } },
      `1 picture (1.00 kB) missing on the destination ${AS_OF}; 1 picture (1.00 kB) differs.`,
    ],
    [
      'a check of archived ones, which are missing too',
      { mode: 'check', findings: { archived: one } },
      `Nothing that can be copied now is missing on the destination ${AS_OF}; 1 picture (1.00 kB) is archived and cannot be copied now.`,
    ],
    [
      'one that failed before it had compared',
      { status: 'failed', cause: 'StoreRefused', message: 'Access denied', findings: null },
      'The migration failed (StoreRefused): Access denied. No comparison was completed: what is missing is not known.',
    ],
    [
      'one that was cancelled while it copied',
      { status: 'cancelled', remaining: amount(9), outcomes: { copied: amount(4) } },
      `The migration was cancelled. 9 pictures (9.00 kB) remained ${AS_OF}. 4 pictures copied in all.`,
    ],
    ['one that runs', { status: 'running', findings: null }, 'Migration 20260501-120000-abcdef is running.'],
  ];
  for (const [what, given, text] of TABLE) test(what, () => assert.equal(verdict(given), text));

  test('never says that nothing is missing where nobody looked', () => {
    for (const mode of ['check', 'sync'] as const) {
      for (const status of ['running', 'stopping', 'failed', 'cancelled'] as const) {
        assert.doesNotMatch(verdict({ mode, status, findings: null }), /[Nn]othing|\b0\b/);
      }
    }
  });
});

describe('warnings', () => {
  const warnings = (given: GivenReport, onDifferent: OnDifferent = 'keep'): string => {
    const report = givenReport(given);
    return warningsOf(report, resultOf(report, ''), onDifferent).join('\n');
  };
  const TABLE: readonly (readonly [string, GivenReport, OnDifferent, RegExp])[] = [
    ['different ones that were kept', { findings: { different: one } }, 'keep', /kept as it is.*--on-different/],
    ['one that grew after it was copied', { kept: amount(1) }, 'keep', /^1 picture .*kept as it is/],
    ['one that differed and is the same by now: none', { findings: { different: one }, kept: amount(0) }, 'keep', /^$/],
    ['different ones that are not newer', { findings: { different: one } }, 'newer', /not newer on the source/],
    ['different ones that were overwritten: none', { findings: { different: one } }, 'overwrite', /^$/],
    ['different ones in a check: none, they are judged', { mode: 'check', findings: { different: one } }, 'keep', /^$/],
    ['ones that changed meanwhile', { outcomes: { changedOnSource: amount(1) } }, 'keep', /changed on the source/],
    ['contents that nobody could compare', { contentUnknown: amount(1) }, 'keep', /could not be compared/],
    [
      'a destination that cannot promise to create only',
      { createOnly: 'headFirst', outcomes: { copied: amount(1) } },
      'keep',
      /could be overwritten/,
    ],
    ['such a destination that nothing was copied to: none', { createOnly: 'headFirst' }, 'keep', /^$/],
    ['nothing special: none', { outcomes: { copied: amount(1) } }, 'keep', /^$/],
    ['no comparison: none', { status: 'failed', findings: null }, 'keep', /^$/],
  ];
  for (const [what, given, onDifferent, text] of TABLE) {
    test(what, () => assert.match(warnings(given, onDifferent), text));
  }
});

describe('about --max-cost', () => {
  const forecast = (total: number): Forecast => ({
    copyList: amount(10),
    ...{ requests: { list: 2, read: 0, write: 10 }, transferBytes: 0, transitions: 0, tableWrites: 0, seconds: 1 },
    ...{ lambda: { invocations: 0, gigabyteSeconds: 0 }, prices: { asOf: '2026-11', changed: false } },
    usd: { requests: total, transfer: 0, running: 0, total, storagePerMonth: 0 },
  });
  const TABLE: readonly (readonly [what: string, given: GivenReport, maxCostUsd: number | undefined, says: RegExp])[] =
    [
      [
        'what was beyond it',
        { reasons: { budget: 4 }, forecast: forecast(1) },
        0.5,
        /4 pictures were not copied\. A new sync/,
      ],
      [
        'that comparing may have cost it all',
        { reasons: { budget: 10 }, forecast: forecast(1) },
        0.5,
        /Comparing alone may/,
      ],
      ['that it limits nothing', { forecast: forecast(0) }, 0.5, /limits nothing here/],
      [
        'that a check found more than it pays for',
        { mode: 'check', forecast: forecast(1) },
        0.5,
        /\(0\.50 USD\): a sync would leave/,
      ],
      ['nothing where it is enough', { mode: 'check', forecast: forecast(1) }, 2, /^$/],
      ['nothing where nobody asked for it', { mode: 'check', forecast: forecast(0) }, undefined, /^$/],
    ];
  for (const [what, given, maxCostUsd, says] of TABLE)
    test(`warns ${what}`, () => {
      const report = givenReport(given);
      assert.match(warningsOf(report, resultOf(report, ''), 'keep', maxCostUsd).join('\n'), says);
    });
});
