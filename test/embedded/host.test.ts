// The embedded mode put together: steps run with their ports, share the process's places, and end when it closes.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EmbeddedOptions, openEmbedded, type Steps } from '../../lib/embedded/host.ts';
import { stateDirOf } from '../../lib/embedded/state-dir.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';

const refuse = async (): Promise<never> => {
  throw new Error('not in this test');
};

/** Plan writes a plan of some tasks, List does what a test wants, and the check ends. */
const checkSteps = (
  tasks: number,
  list: (input: { task: number }, context: StepContext) => Promise<unknown>,
): Steps => {
  const paths = { planPath: 'migrations/m1/plan.json', copyPlanPath: 'migrations/m1/copy-plan.json' };
  return {
    Plan: async ({ migrationId }: { migrationId: string }, { files }: StepContext) => {
      await files.write(paths.planPath, JSON.stringify([...Array(tasks).keys()]));
      return { migrationId, round: 1, begin: 'List', ...paths };
    },
    List: list,
    Summarise: async (input: object) => ({ ...input, mode: 'check' }),
    Copy: refuse,
    Verify: refuse,
    Finish: async ({ migrationId }: { migrationId: string }, { records }: StepContext) => {
      await records.put({ pk: `migration#${migrationId}`, sk: 'record', status: 'done' });
      return {};
    },
    Fail: async ({ error }: { error: { Error: string } }) => ({ error: error.Error, cause: '' }),
  } as Steps;
};

describe('the embedded host', () => {
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'picferry-host-'));
  });
  after(() => rm(folder, { recursive: true }));
  const open = (options: EmbeddedOptions) =>
    openEmbedded({ stateDir: join(folder, `state-${++count}`), numbers: { RetrySeconds: 0 }, ...options });

  test('runs a migration to its end, in a state folder for nobody else', async () => {
    const trace: string[] = [];
    const steps = checkSteps(2, async () => ({ done: true }));
    const host = await open({ steps, checkLimits: true, trace: (state) => trace.push(state) });
    assert.equal(await host.executions.status('m1'), 'unknown');
    await host.executions.start('m1');
    assert.equal(await host.executions.status('m1'), 'running');
    await host.executions.start('m1');
    await host.executions.finished('m1');
    assert.equal(await host.executions.status('m1'), 'succeeded');
    assert.equal(trace.filter((state) => state === 'Plan').length, 1);
    assert.equal((await host.records.get('migration#m1', 'record'))?.status, 'done');
    assert.equal((await stat(host.stateDir)).mode & 0o777, 0o700);
    await host.close();
  });

  test('gives every invocation its own attempt and one deadline, and all the same places', async () => {
    const seen: StepContext[] = [];
    const steps = checkSteps(3, async (_input, context) => {
      seen.push(context);
      return { done: true };
    });
    const host = await open({ steps, invocationMs: 5_000, now: () => 1_000, concurrency: 7 });
    await host.executions.start('m1');
    await host.executions.finished('m1');
    assert.equal(new Set(seen.map(({ attempt }) => attempt)).size, 3);
    assert.deepEqual([...new Set(seen.map(({ deadline }) => deadline))], [6_000]);
    assert.equal(new Set(seen.map(({ copyPlaces }) => copyPlaces)).size, 1);
    assert.equal(new Set(seen.map(({ memory }) => memory)).size, 1);
    assert.equal(host.limits.copiesPerShard, 7);
    let now = 0;
    let most = 0;
    const copy = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
    };
    await Promise.all(Array.from({ length: 20 }, () => seen[0]?.copyPlaces(copy)));
    assert.equal(most, 7);
    await host.close();
  });

  test('lists four tasks at once', async () => {
    let now = 0;
    let most = 0;
    const steps = checkSteps(12, async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return { done: true };
    });
    const host = await open({ steps });
    await host.executions.start('m1');
    await host.executions.finished('m1');
    assert.equal(most, 4);
    await host.close();
  });

  test('says how an execution failed', async () => {
    const ends: unknown[] = [];
    const steps = checkSteps(1, async () => {
      throw Object.assign(new Error('no'), { name: 'StoreRefused' });
    });
    const host = await open({ steps, log: (message, fields) => ends.push([message, fields]) });
    await host.executions.start('m1');
    await host.executions.finished('m1');
    assert.equal(await host.executions.status('m1'), 'failed');
    assert.deepEqual(ends, [
      ['execution started', { migrationId: 'm1' }],
      ['execution ended', { migrationId: 'm1', status: 'failed', error: 'StoreRefused', cause: '' }],
    ]);
    await host.close();
  });

  test('closing stops what runs, and waits until its tasks have written their last', async () => {
    let release = (): void => {};
    const began = Promise.withResolvers<void>();
    const steps = checkSteps(1, async (_input, { records }) => {
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      began.resolve();
      await released;
      await records.put({ pk: 'm1', sk: 'last', written: true });
      return { done: false };
    });
    const host = await open({ steps });
    await host.executions.start('m1');
    await began.promise;
    await host.executions.stop('m1');
    assert.equal(await host.executions.status('m1'), 'stopped');
    const closed = host.close();
    release();
    await closed;
    const again = await openEmbedded({ stateDir: host.stateDir });
    assert.equal((await again.records.get('m1', 'last'))?.written, true);
    await again.close();
  });

  test('a definition that cannot run refuses the start', async () => {
    const definition = join(folder, 'broken.asl.json');
    await writeFile(definition, '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"OtherArn","End":true}}}');
    const host = await open({ definition });
    await assert.rejects(host.executions.start('m1'), /OtherArn/);
    assert.equal(await host.executions.status('m1'), 'unknown');
    await host.close();
  });

  for (const [what, given, env, expected] of [
    ['the folder that was named', '/srv/state', { HOME: '/home/u' }, '/srv/state'],
    ['the XDG folder', undefined, { HOME: '/home/u', XDG_STATE_HOME: '/xdg' }, '/xdg/picferry'],
    [
      'its default, not a relative XDG folder',
      undefined,
      { HOME: '/home/u', XDG_STATE_HOME: 'xdg' },
      '/home/u/.local/state/picferry',
    ],
    ['its default', undefined, { HOME: '/home/u' }, '/home/u/.local/state/picferry'],
  ] as const) {
    test(`keeps its state in ${what}`, () => assert.equal(stateDirOf(given, env), expected));
  }
});
