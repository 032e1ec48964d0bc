// Orders of operations that the model of the protocol (test/faults/protocol) found to go wrong: each as a fixed case.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { settleEvent } from '../../lib/deployed/settling.ts';
import type { Report } from '../../lib/report/report.ts';
import { StoreUnavailable } from '../../lib/stores/errors.ts';
import { cancelMigration } from '../../lib/workflow/cancel.ts';
import { CommitLog } from '../../lib/workflow/invocation.ts';
import { freshItem, type ItemDocument } from '../../lib/workflow/item-document.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import { readJson } from '../../lib/workflow/lines.ts';
import { holdsLock } from '../../lib/workflow/lock.ts';
import { copyPlanPath, planPath } from '../../lib/workflow/paths.ts';
import type { CopyItem, PlanTask, Step } from '../../lib/workflow/payloads.ts';
import type { Document, Records } from '../../lib/workflow/ports.ts';
import { hasEnded, itemSk, type MigrationRecord, readMigration } from '../../lib/workflow/record.ts';
import { settle } from '../../lib/workflow/settle.ts';
import { type StartHost, startFrom, startMigration } from '../../lib/workflow/start.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import {
  givenFolders,
  givenHost,
  givenPictures,
  pictures,
  request,
  run,
  whenItEnds,
} from '../support/embedded-migration.ts';

const LAMBDA_MS = 15 * 60_000;
const PICTURES = 2;
const ID = 'm';

type AnyStep = (input: object, context: StepContext) => Promise<unknown>;
const step = (name: Step): AnyStep => steps[name] as unknown as AnyStep;

/** A deployed migration that has listed; its execution was stopped, and nobody knows who lives. */
const givenListed = async (t: TestContext) => {
  const folders = await givenFolders(t);
  await givenPictures(folders.source, pictures(PICTURES));
  const embedded = await givenHost(folders);
  let ahead = 0;
  const host: StartHost = {
    ...embedded,
    limits: DEFAULT_LIMITS,
    liveness: { mine: undefined, isDead: async () => false },
    executions: { start: async () => {}, stop: async () => {}, status: async () => 'stopped' },
    now: () => Date.now() + ahead,
  };
  const invocation = (): StepContext => ({ ...embedded.stepContext(), ...host, deadline: host.now() + LAMBDA_MS });
  await startMigration(request(folders, 'sync'), host, { id: ID });
  await step('Plan')({ migrationId: ID }, invocation());
  for (const task of await readJson<PlanTask[]>(host.files, planPath(ID, 1)))
    await step('List')({ migrationId: ID, round: 1, task }, invocation());
  const record = async (): Promise<MigrationRecord> => (await readMigration(host.records, ID))!;
  return {
    host,
    invocation,
    record,
    summarise: (context = invocation()) => step('Summarise')({ migrationId: ID, round: 1 }, context),
    item: async () => (await readJson<CopyItem[]>(host.files, copyPlanPath(ID, 1)))[0]!,
    isLocked: async () => holdsLock(host, (await record()).pair, ID),
    pass: (ms: number) => {
      ahead += ms;
    },
  };
};

describe('the end of a migration', { timeout: 30_000 }, () => {
  test('keeps the pair while an invocation that was taken for lost may still write, and the sweep frees it', async (t) => {
    const { host, invocation, summarise, item, record, isLocked, pass } = await givenListed(t);
    await summarise();
    const its = await item();
    await CommitLog.open<ItemDocument>(invocation(), ID, itemSk(1, its.index), freshItem(its));
    await step('Copy')({ migrationId: ID, round: 1, item: its }, invocation());
    await step('Verify')({ migrationId: ID, round: 1 }, invocation());
    await step('Finish')({ migrationId: ID }, invocation());
    assert.equal((await record()).status, 'done');
    assert.ok(await isLocked(), 'the first invocation has until its deadline');
    await settleEvent({}, host, { oldestMs: 86_400_000 });
    assert.ok(await isLocked());
    pass(LAMBDA_MS + DEFAULT_LIMITS.handOnMs);
    await settleEvent({}, host, { oldestMs: 86_400_000 });
    assert.ok(!(await isLocked()));
  });

  test('closes a round as well that a late step began meanwhile', async (t) => {
    const { host, invocation, summarise, record } = await givenListed(t);
    const atWriting = Promise.withResolvers<void>();
    const mayWrite = Promise.withResolvers<void>();
    const context = invocation();
    const late = summarise({
      ...context,
      files: {
        ...context.files,
        write: async (path, body) => {
          if (path === copyPlanPath(ID, 1)) {
            atWriting.resolve();
            await mayWrite.promise;
          }
          return context.files.write(path, body);
        },
      },
    });
    await atWriting.promise;
    await cancelMigration(ID, host);
    await settle(ID, {
      ...host,
      records: beforeEnding(host.records, async () => {
        mayWrite.resolve();
        await late;
      }),
    });
    const { status, rounds } = await record();
    assert.equal(status, 'cancelled');
    assert.equal(rounds[0]?.copying?.outcomes.notTried.count, PICTURES);
  });

  test('waits for a service that does not answer, and counts what was committed', async (t) => {
    const { host, invocation, summarise, item, record, isLocked } = await givenListed(t);
    await summarise();
    await step('Copy')({ migrationId: ID, round: 1, item: await item() }, invocation());
    await cancelMigration(ID, host);
    const records: Records = {
      ...bound(host.records),
      // biome-ignore lint/correctness/useYield: it throws before there is anything to tell.
      list: async function* (_pk, skPrefix) {
        if (skPrefix.includes('item')) throw new StoreUnavailable('busy');
      },
    };
    await assert.rejects(settle(ID, { ...host, records }), StoreUnavailable);
    assert.equal((await record()).status, 'stopping');
    await settle(ID, host);
    const { status, rounds } = await record();
    assert.equal(status, 'cancelled');
    assert.equal(rounds[0]?.copying?.outcomes.copied.count, PICTURES);
    assert.ok(!(await isLocked()));
  });
});

const bound = (records: Records): Records => ({
  get: (pk, sk) => records.get(pk, sk),
  put: (document, expect) => records.put(document, expect),
  remove: (pk, sk) => records.remove(pk, sk),
  list: (pk, skPrefix) => records.list(pk, skPrefix),
  newest: (index, options) => records.newest(index, options),
});

/** Once, before the record says how the migration ended. */
const beforeEnding = (records: Records, happens: () => Promise<void>): Records => {
  let hasHappened = false;
  return {
    ...bound(records),
    put: async (document: Document, expect) => {
      if (document.sk === 'record' && hasEnded((document as MigrationRecord).status) && !hasHappened) {
        hasHappened = true;
        await happens();
      }
      return records.put(document, expect);
    },
  };
};

describe('a step that runs once more after its successors changes no figure', { timeout: 60_000 }, () => {
  const figuresOf = ({ status, outcomes, remaining, findings, rounds }: Report) =>
    JSON.stringify({ status, outcomes, remaining, findings, rounds });

  for (const [late, after, afterRound, from] of [
    ['Plan', 'Verify', 1, true],
    ['Summarise', 'Verify', 1, false],
    ['Verify', 'Summarise', 2, false],
  ] as const) {
    test(`${late}, after ${after} of round ${afterRound}`, async (t) => {
      const figures: string[] = [];
      for (const isLate of [false, true]) {
        const folders = await givenFolders(t);
        await givenPictures(folders.source, pictures(PICTURES));
        const both = async (input: { readonly migrationId: string; readonly round: number }, context: StepContext) => {
          const result = await step(after)(input, context);
          if (isLate && input.round === afterRound) await step(late)({ ...input, round: 1 }, context);
          return result;
        };
        const host = await givenHost(folders, { steps: { ...steps, [after]: both } as never });
        const earlier = from && (await run(host, request(folders, 'check')));
        const started = earlier
          ? await startFrom({ from: earlier.id, only: 'missing' }, host)
          : await startMigration(request(folders, 'sync'), host);
        const { report } = await whenItEnds(started, host);
        assert.equal(report.outcomes.copied.count, PICTURES);
        figures.push(figuresOf(report));
      }
      assert.equal(figures[1], figures[0]);
    });
  }
});
