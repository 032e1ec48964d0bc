// What a review proved could go wrong between two steps, each once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreUnavailable } from '../../lib/stores/errors.ts';
import { openUntil } from '../../lib/workflow/end.ts';
import { CommitLog, type Committed } from '../../lib/workflow/invocation.ts';
import type { ItemDocument } from '../../lib/workflow/item-document.ts';
import { reportPath } from '../../lib/workflow/paths.ts';
import { itemsPrefix, migrationPk } from '../../lib/workflow/record.ts';
import type { ResolvedStretch } from '../../lib/workflow/resolve-stretch.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import { writeShards } from '../../lib/workflow/write-shards.ts';
import {
  givenFolders,
  givenHost,
  givenPictures,
  pictures,
  request,
  run,
  whenItEnds,
} from '../support/embedded-migration.ts';

test('a shard’s listing time is not taken from a neighbour whose listing has not begun', async (t) => {
  const host = await givenHost(await givenFolders(t));
  const stretch = { left: [], kept: [], different: [], missing: [] };
  const found = { key: 'a/1.jpg', size: 1, capturedAt: 5, finding: 'missingOnDestination', tooYoung: false } as const;
  const stretches: ResolvedStretch[] = [
    { ...stretch, of: 0, order: 0, after: '', upTo: 'b/', listedAt: 1_234, missing: [found] },
    { ...stretch, of: 1, order: 1, after: 'b/', upTo: 'b/', listedAt: 0 },
  ];
  const place = { migrationId: 'm', round: 1, task: 0, sequence: 1 };
  const { shards } = await writeShards(stretches, place, host.stepContext());
  assert.deepEqual(
    shards.map(({ listedAt, count }) => ({ listedAt, count })),
    [{ listedAt: 1_234, count: 1 }],
  );
});

/** A bug somewhere that counts an item's outcomes `times` times. */
const miscounting =
  (times: readonly number[]) =>
  async (input: never, context: StepContext): Promise<unknown> => {
    const { migrationId, round } = input as { migrationId: string; round: number };
    if (round === 1) {
      for await (const item of context.records.list<ItemDocument>(migrationPk(migrationId), itemsPrefix(round))) {
        const by = times[Number(item.sk.split('#').at(-1))] ?? 1;
        const { count, bytes } = item.outcomes.copied;
        const copied = { count: count * by, bytes: bytes * by };
        await context.records.put({ ...item, outcomes: { ...item.outcomes, copied } });
      }
    }
    return steps.Verify(input, context);
  };

for (const [what, times] of [
  ['twice', [2]],
  ['twice, and another’s not at all', [2, 0]],
] as const) {
  test(`a round in which an item’s outcomes are counted ${what} fails: its sums disagree`, async (t) => {
    const folders = await givenFolders(t);
    await givenPictures(folders.source, pictures(20));
    const host = await givenHost(folders, {
      limits: { shardEntries: 5 },
      steps: { ...steps, Verify: miscounting(times) },
    });
    const { report } = await run(host, request(folders, 'sync'));
    assert.equal(report.status, 'failed');
    assert.equal(report.cause, 'SumsDisagree');
  });
}

test('Finish tried again after its report could not be written ends the migration whole', async (t) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(3));
  let failures = 0;
  const host = await givenHost(folders, {
    steps: {
      ...steps,
      Finish: (input: never, context) => {
        const write: typeof context.files.write = async (path, body) => {
          if (path.endsWith('report.json') && failures++ === 0) throw new StoreUnavailable('busy, once');
          return context.files.write(path, body);
        };
        return steps.Finish(input, { ...context, files: { ...context.files, write } });
      },
    },
  });
  const { report, id } = await whenItEnds(await startMigration(request(folders, 'sync'), host), host);
  assert.equal(report.status, 'done');
  assert.equal(await host.executions.status(id), 'succeeded');
  const written = JSON.parse((await host.files.read(reportPath(id)))!.toString()) as { status: string };
  assert.equal(written.status, 'done');
  assert.equal((await startMigration(request(folders, 'check'), host)).kind, 'started', 'the lock is free');
});

test('going on from a check that found nothing keeps the check’s time', async (t) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(3));
  await givenPictures(folders.destination, pictures(3));
  const host = await givenHost(folders);
  const check = await run(host, request(folders, 'check'));
  const { report } = await run(host, { from: check.id, only: 'missing' });
  assert.equal(report.status, 'done');
  assert.equal(report.asOf, check.report.asOf);
});

test('an overtaken invocation counts as running until its own time is over', async (t) => {
  const host = await givenHost(await givenFolders(t));
  const until = (deadline: number): StepContext => ({ ...host.stepContext(), deadline });
  const deadline = Date.now() + 900_000;
  const fresh = {} as Omit<Committed, keyof Committed>;
  await host.records.put({ pk: migrationPk('m'), sk: 'record', status: 'running' });
  await CommitLog.open<Committed>(until(deadline), 'm', 'round#1#item#000000', fresh);
  const retry = await CommitLog.open<Committed>(until(deadline + 60_000), 'm', 'round#1#item#000000', fresh);
  await retry.commit({ openUntil: retry.whenOver, done: true });
  assert.ok((await openUntil(host, 'm')) >= deadline, 'the first one may still be copying');
});
