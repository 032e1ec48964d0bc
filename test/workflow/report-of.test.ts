// report.json has at most 4,096 bytes, whatever an error says and however long the addresses are.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FINDINGS, type Finding } from '../../lib/compare/findings.ts';
import { KINDS } from '../../lib/compare/kind.ts';
import { OUTCOMES } from '../../lib/compare/outcomes.ts';
import type { CompactStatistics } from '../../lib/compare/statistics.ts';
import type { Forecast } from '../../lib/report/forecast.ts';
import { REPORT_MAX_BYTES } from '../../lib/report/report.ts';
import type { MigrationRecord } from '../../lib/workflow/record.ts';
import { reportOf, writeReport } from '../../lib/workflow/report-of.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const recordOf = (text: string): MigrationRecord => ({
  ...{ pk: 'migration#m', sk: 'record', index: 'migrations', version: 0, id: 'm', pair: 'p', fencing: 1, rounds: [] },
  ...{ createdAt: '2026-01-31T12:00:00.000Z', status: 'failed', cause: text, message: text },
  request: {
    mode: 'sync',
    source: { type: 'folder', path: `/${text}` },
    destination: { type: 'folder', path: `/${text}` },
    options: DEFAULT_OPTIONS,
  },
});

const FORECAST: Forecast = {
  copyList: { count: 1_000_000_000, bytes: 3_000_000_000_000_000 },
  requests: { list: 3_000_000, read: 2_000_000_000, write: 1_000_000_000 },
  transferBytes: 3_000_000_000_000_000,
  lambda: { invocations: 100_000, gigabyteSeconds: 4_055_859 },
  ...{ transitions: 400_000, tableWrites: 2_000_000, seconds: 1_000_000 },
  usd: {
    ...{ requests: 5_815.1234, transfer: 60_000.1234, running: 154.1234, total: 65_969.1234 },
    storagePerMonth: 69_000.1234,
  },
  prices: { asOf: '2026-11', changed: true },
};

const reportBytes = async (record: MigrationRecord): Promise<number> => {
  let bytes = 0;
  const write = async (path: string, body: Buffer | string) => {
    if (path.endsWith('report.json')) bytes = Buffer.byteLength(body);
  };
  await writeReport({ read: async () => undefined, write } as never, record);
  return bytes;
};

const hostile = fc.oneof(
  ...['\u0001', '"', '\\', 'ü', '😀', '\ud800', 'a'].map((one) =>
    fc.tuple(fc.constant(one), fc.nat(3_000)).map(([text, times]) => text.repeat(times)),
  ),
  fc.string({ unit: 'binary', maxLength: 2_000 }),
);

describe('report.json', () => {
  test('has room for every message, cause and address', () =>
    fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        // Figures, which have bounds of their own, take less than half of it.
        assert.ok((await reportBytes(recordOf(text))) < REPORT_MAX_BYTES / 2);
      }),
      { numRuns: 60 },
    ));

  test('has room for a billion pictures of every finding, kind and outcome, with a forecast and the longest addresses', async () => {
    const billion = { count: 1_000_000_000, bytes: 3_000_000_000_000_000 };
    const kinds = Object.fromEntries(KINDS.map((kind) => [kind, [billion.count, billion.bytes]]));
    const sides = (finding: Finding) => ({
      ...(finding === 'missingOnSource' ? {} : { source: kinds }),
      ...(/^(missingOnDestination|archived|settling)$/.test(finding) ? {} : { destination: kinds }),
    });
    const statistics = {
      listed: { source: [billion.count, billion.bytes], destination: [billion.count, billion.bytes] },
      findings: Object.fromEntries(FINDINGS.map((finding) => [finding, sides(finding)])),
      contentUnknown: [billion.count, billion.bytes],
    } as unknown as CompactStatistics;
    const record: MigrationRecord = {
      ...recordOf('x'.repeat(300)),
      ...{ status: 'done', id: '20991231-235959-zzzzzz', endedAt: '2026-02-31T12:00:00.000Z', forecast: FORECAST },
      rounds: [
        {
          ...{ round: 1, copyList: billion },
          comparison: {
            ...{ statistics, copyList: billion, remaining: billion, remainingForGood: billion, kept: billion },
            ...{ rangesForGood: 1, listedAt: 1 },
          },
          copying: {
            outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, billion])) as never,
            reasons: { destinationUnavailable: billion.count, differentOnDestination: billion.count, budget: 1 },
          },
        },
      ],
    };
    assert.ok((await reportBytes(record)) < REPORT_MAX_BYTES);
  });

  test('has a short message as it is, a long one up to whole characters', () => {
    assert.equal(reportOf(recordOf('full "disk"\n')).message, 'full "disk"\n');
    assert.equal(reportOf(recordOf('😀'.repeat(200))).message, `${'😀'.repeat(124)}…`);
  });
});
