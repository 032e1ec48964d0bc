// Summarise of a task with more shards than a call takes arguments: half a billion missing pictures below one prefix.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flat } from '../../bench/scale/layouts.ts';
import { DEPLOYED } from '../../bench/scale/migration.ts';
import { createPaperHost } from '../../bench/scale/paper-host.ts';
import { paperStore } from '../../bench/scale/paper-store.ts';
import { planPath, shardListPath, shardPath } from '../../lib/workflow/paths.ts';
import { migrationPk, taskSk } from '../../lib/workflow/record.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import { summarise } from '../../lib/workflow/steps/summarise.ts';
import { freshTask } from '../../lib/workflow/task-document.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const ID = '20261101-000000-shards';
const SHARDS = 200_000;

test('200,000 shards of one task are summed up and planned', async () => {
  const store = paperStore(flat(1), 'old', () => host.clock, { lists: 0 });
  const host = createPaperHost(DEPLOYED, store);
  const executions = { start: async () => {}, stop: async () => {}, status: async () => 'running' as const };

  const request = {
    mode: 'sync',
    source: store.spec,
    destination: { ...store.spec, bucket: 'new' },
    options: DEFAULT_OPTIONS,
  } as const;
  await startMigration(request, { ...host.context(), executions }, { id: ID });

  const amount = { count: SHARDS, bytes: SHARDS };
  const task = { index: 0, ranges: [{ after: '', upTo: null }] };
  // So large that the missing list is an index: no shard is read.
  const shards = Array.from({ length: SHARDS }, (_, n) => ({
    ...{ path: shardPath(ID, 1, 0, 'attempt', n), finding: 'missingOnDestination', count: 1, bytes: 1 },
    ...{ listedAt: 1, newest: n, oldest: n, gzipBytes: 10_000, range: 0, sequence: n },
  }));
  const list = shardListPath(ID, 1, 0, 'attempt', 0);
  host.bodies.set(list, Buffer.from(JSON.stringify(shards)));
  host.bodies.set(planPath(ID, 1), Buffer.from(JSON.stringify([task])));
  const [pk, sk] = [migrationPk(ID), taskSk(1, 0)];
  host.documents.set(`${pk} ${sk}`, {
    ...{ ...freshTask(task), pk, sk, done: true, listedAt: 1, shardLists: [list] },
    ...{ remaining: [], ranges: [{ copyList: amount, remaining: amount }] },
    statistics: {
      listed: { source: [SHARDS, SHARDS] },
      findings: { missingOnDestination: { source: { jpg: [SHARDS, SHARDS] } } },
    },
  });
  const { copyListCount } = await summarise({ migrationId: ID, round: 1 }, host.context());
  assert.equal(copyListCount, SHARDS);
});
