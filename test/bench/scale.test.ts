// Scale on paper: its figures come out, a quota lowered below what was used is named, and paper agrees with the real List and the interpreter.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { bareUsd, usdOf } from '../../bench/scale/cost.ts';
import { judge, sentenceOf } from '../../bench/scale/judge.ts';
import { cameras, clients, flat, type Layout, PICTURES_A_CAMERA } from '../../bench/scale/layouts.ts';
import { listTask } from '../../bench/scale/list-child.ts';
import { runMap } from '../../bench/scale/map-run.ts';
import { DEPLOYED, migrateOnPaper } from '../../bench/scale/migration.ts';
import { createPaperHost, itemBytes } from '../../bench/scale/paper-host.ts';
import { paperStore } from '../../bench/scale/paper-store.ts';
import { isQuotaName, QUOTAS, withQuota } from '../../bench/scale/quotas.ts';
import { type Machine, walk } from '../../bench/scale/walk.ts';
import { countUpTo } from '../../bench/synthetic/shapes.ts';
import { EVERYTHING, type Range } from '../../lib/compare/range.ts';
import { fromCompact } from '../../lib/compare/statistics.ts';
import { createInterpreter } from '../../lib/embedded/interpreter.ts';
import type { Store } from '../../lib/stores/store.ts';
import { readDefinition, withNumbers } from '../../lib/workflow/definition.ts';
import { STEPS, type Step } from '../../lib/workflow/payloads.ts';
import { migrationPk, taskSk } from '../../lib/workflow/record.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import { list } from '../../lib/workflow/steps/list.ts';
import { shardsOf, type TaskDocument } from '../../lib/workflow/task-document.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';

const PROJECT = join(import.meta.dirname, '../..');
const million = await migrateOnPaper(cameras(1_000_000));
const cases = { 'one million': million };

describe('a million pictures', () => {
  test('are all compared, half of them copied, and compared again', () => {
    assert.equal(million.pictures, 17 * PICTURES_A_CAMERA);
    assert.equal(million.copies, million.pictures / 2);
    assert.deepEqual(
      million.steps.map(({ name }) => name),
      ['Plan', 'List', 'Summarise', 'Copy', 'Verify', 'List', 'Summarise', 'Finish'],
    );
    assert.ok(million.steps.every(({ ms }) => ms > 0));
  });

  test('take the transitions and events that a hand counts', () => {
    const [first, copied, second] = million.maps;
    const children = first!.children + copied!.children + second!.children;
    const invocations = first!.invocations + copied!.invocations + second!.invocations;
    // Plan Begin List Summarise Decide Copy Verify List Summarise Decide Finish; a child: Task and Choice each time, Pass.
    assert.equal(million.transitions, 11 + 2 * invocations + children);
    assert.equal(million.invocations, 6 - 1 + invocations);
    // Start and end, 5 Tasks of 5, 3 Maps of 6, 3 Choices of 2; a child with one invocation: start and end, 5, 2, 2.
    assert.equal(million.eventsOfParent, 2 + 5 * 5 + 3 * 6 + 3 * 2);
    assert.equal(million.eventsOfChild, 2 + 5 + 2 + 2);
  });

  test('ask for each page once at least, and for a copy each', () => {
    const pages = (2 * million.pictures + 1.5 * million.pictures) / 1_000;
    assert.ok(million.lists > pages);
    // Ranges end in the middle of pages, and 17 cameras have 6,205 days.
    assert.ok(million.lists < 1.6 * pages, `${million.lists} requests for ${pages} pages`);
    assert.ok(million.copyWritesPerSecond <= 3_500);
  });
});

test('a million pictures cost at most 1.05 times what S3 asks for the same requests', () => {
  const [all, bare] = [usdOf(million), bareUsd(million)];
  assert.ok(bare > million.copies * 5e-6);
  assert.ok(all > bare && all <= 1.05 * bare, `${all} USD, ${bare} USD`);
});

test('clients side by side are copied as fast as all Lambdas copy, one prefix as fast as S3 takes it', async () => {
  const seconds = async (layout: Layout): Promise<number> => {
    const { steps, copies } = await migrateOnPaper(layout);
    return steps.find(({ name }) => name === 'Copy')!.ms / 1_000 / (copies / 1e6);
  };
  // 50 Lambdas of 64 at once; 3,500 a second.
  const [apart, together] = [await seconds(clients(10_000_000)), await seconds(flat(10_000_000))];
  assert.ok(apart < 1.3 * (1e6 / (50 * (64 / 0.15))), `${apart} s a million`);
  assert.ok(together > 1e6 / 3_500 && together < 1.1 * (1e6 / 3_500), `${together} s a million`);
});

describe('a quota', () => {
  for (const { quota, used } of judge(cases, QUOTAS)) {
    const { name } = quota;
    test(`${name}: what was used is enough, one less is not, and it is named`, () => {
      assert.ok(isQuotaName(name) && used > 0);
      assert.ok(judge(cases, withQuota(QUOTAS, name, used)).every(({ isKept }) => isKept));
      const broken = judge(cases, withQuota(QUOTAS, name, used - 1)).filter(({ isKept }) => !isKept);
      assert.deepEqual(
        broken.map((one) => one.quota.name),
        [name],
      );
      const figures = [name, 'one million', used.toLocaleString('en'), (used - 1).toLocaleString('en')];
      for (const told of figures) assert.ok(sentenceOf(broken[0]!).includes(told), sentenceOf(broken[0]!));
    });
  }

  test('of the table has a source and a month', () => {
    for (const { source, read, value } of Object.values(QUOTAS)) {
      assert.ok(source === 'own' || source.startsWith('https://docs.aws.amazon.com/'));
      assert.match(read, /^20\d\d-\d\d$/);
      assert.ok(value > 0);
    }
  });

  test('lowered on the command line ends it with 1', async () => {
    const argv = [join(PROJECT, 'bench/scale/main.ts'), '--up-to', '1000000'];
    const run = promisify(execFile);
    assert.match((await run(process.execPath, argv)).stdout, /kept: `lambdaSeconds`/);
    const lowered = run(process.execPath, [...argv, '--quota', 'lambdaSeconds=1']);
    await assert.rejects(lowered, ({ code, stdout }: { code: number; stdout: string }) => {
      assert.equal(code, 1);
      assert.match(stdout, /EXCEEDED: `lambdaSeconds`.*used \d+ s \(1 M: 17 cameras\), allowed 1 /);
      return true;
    });
  });
});

describe('paper agrees with what it stands for', () => {
  test('the walk goes where the interpreter goes', async () => {
    const numbers = { MachineTimeoutSeconds: 600, TaskTimeoutSeconds: 60, RetrySeconds: 0 };
    const definition = withNumbers(await readDefinition(), {
      ...{ ...numbers, ListConcurrency: 1, CopyConcurrency: 1, RoundsThatCopy: 3 },
    });
    const pointers = { migrationId: 'm', planPath: 'plan.json', copyPlanPath: 'copy-plan.json' };
    const paper = (name: string, input: unknown): unknown => {
      const { round = 1 } = input as { round?: number };
      if (name === 'Plan') return { ...pointers, round: 1, begin: 'List' };
      if (name === 'Verify') return { ...pointers, round: round + 1 };
      const copyListCount = round === 1 ? 5 : 0;
      if (name === 'Summarise')
        return {
          ...pointers,
          round,
          mode: 'sync',
          copyListCount,
          roundsCopied: round - 1,
          copiedLastRound: 1,
          budgetUsedUp: false,
        };
      return { done: true };
    };
    const trace: string[] = [];
    const interpreter = await createInterpreter({
      definition,
      tasks: Object.fromEntries(STEPS.map((step: Step) => [`\${${step}Arn}`, async (input) => paper(step, input)])),
      readFile: async () => Buffer.from('["one"]'),
      trace: (state) => trace.push(state),
      checkLimits: true,
    });
    await interpreter.start('m', { migrationId: 'm' }).end;
    const machine = JSON.parse(definition) as Machine;
    const walked: string[] = [];
    await walk(machine, { migrationId: 'm' }, async (name, state, input) => {
      walked.push(name);
      if (state.ItemProcessor)
        walked.push(...(await walk(state.ItemProcessor, {}, async () => ({ done: true }))).states);
      return paper(name, input);
    });
    assert.deepEqual(
      trace.filter((name) => !['Begin', 'Decide'].includes(name)),
      walked,
    );
  });

  for (const [what, layout] of [
    ['a flat prefix', flat(300_000)],
    ['four cameras', cameras(4 * PICTURES_A_CAMERA)],
  ] as const) {
    test(`List of ${what} leaves the documents that the real List leaves`, async () => {
      const task = { index: 0, ranges: [EVERYTHING] };
      const real = await listForReal(task.ranges, layout);
      const paper = listTask(task, layout, DEPLOYED, { halfMissing: true, gzipBytesPerLine: 10 }, { id: ID, round: 1 });
      const missing = Math.floor(layout.count / 2);
      for (const document of [real.document, paper.document]) {
        assert.equal(document.done, true);
        assert.equal(document.ranges[0]!.copyList.count, missing);
        assert.equal(fromCompact(document.statistics).listed.source.count, layout.count);
      }
      // Without time for CPU the real one cuts and commits at other moments; the less is listed, the more that shows.
      const near = (a: number, b: number, share: number): void =>
        assert.ok(Math.abs(a - b) <= share * Math.max(a, b), `${a}, ${b}`);
      near(paper.invocations[0]!.sourcePages, real.pages, 0.15);
      near(paper.shards.length, real.shards.length, 0.35);
      near(JSON.stringify(paper.shards[0]).length, JSON.stringify(real.shards[0]).length, 0.15);
      const beside = (document: TaskDocument): number => itemBytes({ ...document, shards: [] });
      near(beside(paper.document), beside(real.document), 0.25);
    });
  }

  test('cameras below clients, day folders and loose counting fit together', () => {
    const layout = clients(100 * PICTURES_A_CAMERA);
    assert.deepEqual(layout.prefixesBelow(''), ['client0000/', 'client0001/', 'client0002/']);
    assert.equal(layout.prefixesBelow('client0002/').length, 20);
    const [pictures] = layout.prefixesBelow('client0001/cam07/');
    assert.equal(layout.prefixesBelow(pictures!).length, 365);
    for (let i = 1; i < layout.count; i += 997) assert.ok(layout.keyAt(i - 1) < layout.keyAt(i));
    assert.equal(countUpTo(layout, 'client0000/cam01/'), PICTURES_A_CAMERA);
  });

  test('children share places in their order', () => {
    const child = (ms: number) => ({ invocationsMs: [ms], writeUnits: 4, biggestItemBytes: 9, copyWritesPerSecond: 0 });
    const { ms, invocations, atOnce, writeUnits } = runMap([child(30), child(10), child(10), child(10)], 2, 0, 0);
    assert.deepEqual([ms, invocations, atOnce, writeUnits], [30, 4, 2, 16]);
  });
});

const ID = '20261101-000000-scale0';

/** The real step over made-up listings, in simulated time. */
const listForReal = async (ranges: readonly Range[], layout: Layout) => {
  let pages = 0;
  const storeOf = (isSource: boolean): Store => ({
    ...paperStore(layout, isSource ? 'old' : 'new', () => host.clock, { lists: 0 }),
    async *list(range) {
      for (let at = countUpTo(layout, range.after); ; ) {
        await host.clock.sleep(60);
        if (isSource) pages++;
        const keys: string[] = [];
        for (; keys.length < 1_000 && at < layout.count; at++)
          if (isSource || at % 2 === 0) keys.push(layout.keyAt(at));
        const entries = keys.map((key) => ({ key, size: 3_430_531, modifiedAt: 1 }));
        yield { entries, at: host.clock.now, isLast: at >= layout.count };
        const last = keys.at(-1);
        if (at >= layout.count || (range.upTo !== null && last !== undefined && last >= range.upTo)) return;
      }
    },
  });
  const host = createPaperHost(DEPLOYED, storeOf(true));
  const context = { ...host.context(), openStore: async (_: unknown, side: string) => storeOf(side === 'source') };
  const executions = { start: async () => {}, stop: async () => {}, status: async () => 'running' as const };

  const [source, destination] = [storeOf(true).spec, storeOf(false).spec];
  await startMigration(
    { mode: 'sync', source, destination, options: DEFAULT_OPTIONS },
    { ...context, executions },
    { id: ID },
  );
  await list({ migrationId: ID, round: 1, task: { index: 0, ranges } }, context);
  const document = host.documents.get(`${migrationPk(ID)} ${taskSk(1, 0)}`) as TaskDocument;
  return { document, shards: await shardsOf(document, context.files), pages };
};
