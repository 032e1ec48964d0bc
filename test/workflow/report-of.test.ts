// report.json has at most 4,096 bytes, whatever an error says and however long the addresses are.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { REPORT_MAX_BYTES } from '../../lib/report/report.ts';
import type { MigrationRecord } from '../../lib/workflow/record.ts';
import { reportOf, writeReport } from '../../lib/workflow/report-of.ts';

const recordOf = (text: string): MigrationRecord => ({
  ...{ pk: 'migration#m', sk: 'record', index: 'migrations', version: 0, id: 'm', pair: 'p', fencing: 1, rounds: [] },
  ...{ createdAt: '2026-01-31T12:00:00.000Z', status: 'failed', cause: text, message: text },
  request: {
    mode: 'sync',
    source: { type: 'folder', path: `/${text}` },
    destination: { type: 'folder', path: `/${text}` },
    options: { include: [], exclude: [], checksum: false, onDifferent: 'keep', order: 'newest', tags: true },
  },
});

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

  test('has a short message as it is, a long one up to whole characters', () => {
    assert.equal(reportOf(recordOf('full "disk"\n')).message, 'full "disk"\n');
    assert.equal(reportOf(recordOf('😀'.repeat(200))).message, `${'😀'.repeat(124)}…`);
  });
});
