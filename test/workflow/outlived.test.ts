// A step that outlives its migration: Settle has ended it meanwhile, and what was reported then stays as it is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EmbeddedHost } from '../../lib/embedded/host.ts';
import { cancelMigration } from '../../lib/workflow/cancel.ts';
import { reportPagePath, reportPath } from '../../lib/workflow/paths.ts';
import { readMigration } from '../../lib/workflow/record.ts';
import { settle } from '../../lib/workflow/settle.ts';
import { startFrom, startMigration } from '../../lib/workflow/start.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import { givenFolders, givenHost, givenPictures, pictures, request, run } from '../support/embedded-migration.ts';

type Before = (overtake: () => Promise<void>, context: StepContext) => Partial<StepContext>;

const beforeWriting =
  (name: RegExp): Before =>
  (overtake, { files }) => ({
    files: {
      ...files,
      write: async (path, body) => {
        if (name.test(path)) await overtake();
        return files.write(path, body);
      },
    },
  });

const beforeOpeningStores: Before = (overtake, { openStore }) => ({
  openStore: async (spec, side) => {
    await overtake();
    return openStore(spec, side);
  },
});

/** As in a deployment: the execution is stopped at once, its Lambda runs on. */
const endMeanwhile = async (id: string, host: EmbeddedHost): Promise<void> => {
  const executions = { ...host.executions, stop: async () => {} };
  const deployed = { ...host, executions, liveness: { mine: undefined, isDead: async () => false } };
  await cancelMigration(id, deployed);
  assert.equal((await settle(id, deployed, { execution: 'stopped' }))?.status, 'cancelled');
};

const whatIsKnown = async (id: string, host: EmbeddedHost) => ({
  record: await readMigration(host.records, id),
  report: String(await host.files.read(reportPath(id))),
  page: String(await host.files.read(reportPagePath(id))),
});

describe('a step that outlives its migration changes nothing of what was reported', { timeout: 30_000 }, () => {
  for (const [name, when, before, from] of [
    ['Summarise', 'before it writes its report', beforeWriting(/report\.json$/), false],
    ['Summarise', 'between report and page', beforeWriting(/report\.html$/), false],
    ['Verify', 'before it writes its report', beforeWriting(/report\.json$/), false],
    ['Plan', 'before it has opened the stores', beforeOpeningStores, false],
    ['Plan', 'before it has taken over an earlier one’s lists', beforeWriting(/copy-plan\.json$/), true],
  ] as const) {
    test(`${name}, ended ${when}`, async (t) => {
      const folders = await givenFolders(t);
      await givenPictures(folders.source, pictures(3));
      const over = Promise.withResolvers<void>();
      let known: Awaited<ReturnType<typeof whatIsKnown>> | undefined;
      let isOvertaken = false;
      const step = async (input: { readonly migrationId: string }, context: StepContext): Promise<unknown> => {
        const { migrationId } = input;
        const overtake = async () => {
          if (isOvertaken) return;
          isOvertaken = true;
          await endMeanwhile(migrationId, host);
          known = await whatIsKnown(migrationId, host);
        };
        try {
          return await steps[name](input as never, { ...context, ...before(overtake, context) });
        } finally {
          over.resolve();
        }
      };
      const host: EmbeddedHost = await givenHost(folders, { steps: { ...steps, [name]: step } as never });
      const earlier = from && (await run(await givenHost(folders), request(folders, 'check')));
      const started = earlier
        ? await startFrom({ from: earlier.id, only: 'missing' }, host)
        : await startMigration(request(folders, 'sync'), host);
      assert.equal(started.kind, 'started');
      await over.promise;
      const id = started.kind === 'started' ? started.id : '';
      assert.ok(isOvertaken);
      assert.deepEqual(await whatIsKnown(id, host), known);
      await host.executions.finished(id);
      assert.deepEqual(await whatIsKnown(id, host), known);
    });
  }
});
