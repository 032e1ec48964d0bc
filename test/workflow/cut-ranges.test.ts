// Ranges that turn out long are cut while they are listed: whatever the cuts, every key is compared once and lists keep their order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareKeys } from '../../lib/compare/key.ts';
import { amountOf, fromCompact } from '../../lib/compare/statistics.ts';
import { missingPath, planPath } from '../../lib/workflow/paths.ts';
import { readPlan } from '../../lib/workflow/plan-files.ts';
import { migrationPk, taskSk } from '../../lib/workflow/record.ts';
import type { MigrationRequest } from '../../lib/workflow/request.ts';
import { shardsOf, type TaskDocument } from '../../lib/workflow/task-document.ts';
import { linesOf } from '../faults/named.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';
import { type Folders, givenFolders, givenHost, run } from '../support/embedded-migration.ts';
import { memoryS3 } from '../support/memory-s3/memory-s3.ts';
import { KEYS } from '../support/scripted-s3.ts';

process.env.AWS_ACCESS_KEY_ID = KEYS.accessKeyId;
process.env.AWS_SECRET_ACCESS_KEY = KEYS.secretAccessKey;

const LONG = { maxLength: 300, size: 'max' } as const;
const word = (...letters: string[]) => fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 4 });
const keys = fc.oneof(
  fc.uniqueArray(fc.nat(99_999), LONG).map((all) => all.map((i) => `${String(i).padStart(8, '0')}.jpg`)),
  fc.uniqueArray(fc.nat(9_999), LONG).map((all) => all.map((i) => `cam/${i % 7}/img-${i}`)),
  ...[
    ['0', 'a', 'f'],
    ['ж', 'я', 'ё', '-'],
    ['📷', '🌅', '\ue000', '\uffff'],
    ['a', '/', 'é', 'z'],
  ].map((letters) =>
    fc.uniqueArray(
      word(...letters).map((some) => some.join('')),
      LONG,
    ),
  ),
);
interface Case {
  readonly keys: readonly string[];
  readonly where: readonly ('both' | 'source' | 'destination')[];
  readonly pageSize: number;
  readonly shardEntries: number;
  /** Looks at the clock until an invocation's time is over. */
  readonly invocationLooks: number;
  readonly rangesWanted: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  keys,
  where: fc.array(fc.constantFrom('both' as const, 'source' as const, 'source' as const, 'destination' as const), {
    minLength: 1,
    maxLength: 9,
  }),
  pageSize: fc.integer({ min: 1, max: 6 }),
  shardEntries: fc.integer({ min: 1, max: 20 }),
  invocationLooks: fc.constantFrom(60, 200, 1e9),
  rangesWanted: fc.constantFrom(1, 4, 100),
});

test('every key is compared once, and the missing list is in key order', async (t) => {
  let cuts = 0;
  const check = async (one: Case, folders: Folders): Promise<void> => {
    const { keys: all, where, pageSize, shardEntries, invocationLooks, rangesWanted } = one;
    await using s3 = await memoryS3({ pageSize });
    for (const name of ['old', 'new']) s3.bucket(name);
    const at = all.map((key, i) => ({ key, at: where[i % where.length]! }));
    for (const { key, at: side } of at) {
      if (side !== 'destination') s3.bucket('old').put(key, Buffer.from('x'), { modifiedAt: 0 });
      if (side !== 'source') s3.bucket('new').put(key, Buffer.from('x'), { modifiedAt: 0 });
    }
    let clock = Date.now();
    const ranges = { planRangesWanted: rangesWanted, planDepthBetweenS3: rangesWanted === 1 ? 0 : 3 };
    const host = await givenHost(folders, {
      now: () => ++clock,
      invocationMs: invocationLooks,
      limits: { shardEntries, commitEveryMs: 0, listStreams: 16, handOnMs: 5, nearPageMs: 0, ...ranges },
    });
    const store = (bucket: string) =>
      ({
        type: 's3',
        bucket,
        prefix: '',
        region: 'us-east-1',
        endpointUrl: s3.endpointUrl,
        createOnly: 'native',
      }) as const;
    const asked: MigrationRequest = {
      ...{ mode: 'check', source: store('old'), destination: store('new') },
      options: DEFAULT_OPTIONS,
    };
    const { id, report } = await run(host, asked);

    const keysOn = (side: Case['where'][number]) => at.filter((one) => one.at === side).map(({ key }) => key);
    assert.equal(report.status, 'done', report.message);
    const findings = fromCompact(report.findings!);
    assert.equal(amountOf(findings, 'shared', 'source').count, keysOn('both').length);
    assert.equal(amountOf(findings, 'missingOnDestination', 'source').count, keysOn('source').length);
    assert.equal(amountOf(findings, 'missingOnSource', 'destination').count, keysOn('destination').length);
    const plan = await readPlan(host.files, planPath(id, 1));
    for (const { index } of plan) {
      const document = await host.records.get<TaskDocument>(migrationPk(id), taskSk(1, index));
      cuts += (await shardsOf(document!, host.files)).filter(({ range }) => !Number.isInteger(range)).length;
    }
    assert.deepEqual(
      (await linesOf(missingPath(id), host)).map(({ key }) => key),
      keysOn('source').sort(compareKeys),
    );
  };
  await fc.assert(
    fc.asyncProperty(cases, async (one) => check(one, await givenFolders(t))),
    { numRuns: 30 },
  );
  assert.ok(cuts > 50, `${cuts} shards of ranges that were cut`);
});
