// Ranges of one task are read side by side and share their commits: what one commit lost, no later one may pass over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../lib/stores/store.ts';
import { migrationPk, taskSk } from '../../lib/workflow/record.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import { list } from '../../lib/workflow/steps/list.ts';
import { shardsOf, type TaskDocument } from '../../lib/workflow/task-document.ts';
import { instead } from '../faults/instead.ts';
import { linesOf } from '../faults/named.ts';
import { givenFolders, givenHost, givenPictures, request } from '../support/embedded-migration.ts';

const ID = 'm';

test('a range whose page comes after a commit broke does not commit past what was lost', {
  timeout: 30_000,
}, async (t) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, { 'a/1.jpg': 'one', 'b/2.jpg': 'two' });
  const host = await givenHost(folders);
  await startMigration(
    request(folders, 'check'),
    { ...host, executions: { ...host.executions, start: async () => {} } },
    { id: ID },
  );
  const task = {
    index: 0,
    ranges: [
      { after: '', upTo: 'a0' },
      { after: 'a0', upTo: null },
    ],
  };

  const broke = Promise.withResolvers<void>();
  let disk: 'full' | 'free' = 'full';
  const context = { ...host.stepContext(), limits: { ...host.limits, commitEveryMs: 0 } };
  const invocation = {
    ...context,
    openStore: async (...asked: Parameters<typeof context.openStore>): Promise<Store> => {
      const store = await context.openStore(...asked);
      // Only services are asked for several ranges at once.
      return instead(store, {
        spec: { ...store.spec, type: 's3' } as unknown as Store['spec'],
        list: async function* (range) {
          if (range.after !== '') await broke.promise;
          yield* store.list(range);
        },
      });
    },
    files: instead(context.files, {
      write: async (path, body) => {
        if (disk === 'free') return context.files.write(path, body);
        disk = 'free';
        setImmediate(broke.resolve);
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      },
    }),
  };
  await assert.rejects(list({ migrationId: ID, round: 1, task }, invocation), /ENOSPC/);
  assert.deepEqual(await list({ migrationId: ID, round: 1, task }, invocation), { done: true });

  const document = await host.records.get<TaskDocument>(migrationPk(ID), taskSk(1, 0));
  const shards = await shardsOf(document!, host.files);
  const named = await Promise.all(shards.map(({ path }) => linesOf(path, host)));
  assert.deepEqual(
    named.flat().map(({ key }) => key),
    ['a/1.jpg', 'b/2.jpg'],
  );
});
