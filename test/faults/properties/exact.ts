// A migration that nothing disturbed, compared with the reference: every figure, every list, every byte.
import assert from 'node:assert/strict';
import { minus, NOTHING } from '../../../lib/compare/entry.ts';
import { OUTCOMES, type Outcome } from '../../../lib/compare/outcomes.ts';
import type { EmbeddedHost } from '../../../lib/embedded/host.ts';
import type { Report } from '../../../lib/report/report.ts';
import { filesOf, type ItemDocument } from '../../../lib/workflow/item-document.ts';
import { copyPlanPath, examplesPath, missingPath, reportPath } from '../../../lib/workflow/paths.ts';
import type { CopyItem } from '../../../lib/workflow/payloads.ts';
import { itemsPrefix, migrationPk, readMigration, tasksPrefix } from '../../../lib/workflow/record.ts';
import type { TaskDocument } from '../../../lib/workflow/task-document.ts';
import { type Line, linesOf } from '../named.ts';
import { amount, capturedAt, type Expected, sizeOf } from './model.ts';

export interface Ran {
  readonly host: EmbeddedHost;
  readonly id: string;
  readonly report: Report;
  readonly mode: 'check' | 'sync';
  readonly order: 'newest' | 'oldest';
  /** What the copy list was taken from, if not from a comparison of its own. */
  readonly from?: 'missing' | 'failed';
  /** Invocations hand on while parts of a picture are under way: what was copied behind it is tried once more. */
  readonly triesAgain?: boolean;
}

export const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const sorted = (keys: Iterable<string>): string[] => [...keys].sort(byCodePoint);

export const proveExact = async (expected: Expected, ran: Ran): Promise<void> => {
  const { host, id, report } = ran;
  assert.equal(report.status, 'done', `${report.cause}: ${report.message}`);
  assert.deepEqual(report.findings, compactOf(expected), 'findings');
  proveOutcomes(expected, ran);
  const stays = [...expected.waiting, ...(ran.mode === 'check' ? copyListOf(expected, ran) : expected.failing.keys())];
  const all = ran.from === 'failed' ? [...expected.waiting, ...expected.failing.keys()] : stays;
  assert.deepEqual(report.remaining, amount(expected, all), 'remaining');
  assert.deepEqual(report.kept, amount(expected, expected.kept), 'kept');
  assert.equal(report.rounds, roundsOf(expected, ran), 'rounds');
  const written = await host.files.read(reportPath(id));
  assert.deepEqual(JSON.parse(String(written)), JSON.parse(JSON.stringify(report)), 'report.json');
  assert.ok(written!.length <= 4_096);
  await proveLists(expected, ran);
  if (ran.from === undefined) await proveExamples(expected, ran);
};

/** `{"listed": …, "findings": …}` without whatever is nothing. */
export const compactOf = ({ findings }: Expected): unknown => {
  const compact: Record<string, Record<string, unknown>> = { listed: {}, findings: {} };
  const add = (into: Record<string, unknown>, path: readonly string[], bytes: number): void => {
    const [name = '', ...rest] = path;
    if (rest.length > 0) {
      into[name] ??= {};
      add(into[name] as Record<string, unknown>, rest, bytes);
      return;
    }
    const [count, sum] = (into[name] as [number, number] | undefined) ?? [0, 0];
    into[name] = [count + 1, sum + bytes];
  };
  for (const [key, { finding, contentUnknown, ...sides }] of findings) {
    for (const side of ['source', 'destination'] as const) {
      const there = sides[side];
      if (!there) continue;
      add(compact.listed!, [side], there.body.length);
      add(compact.findings!, [finding, side, kindOf(key)], there.body.length);
    }
    if (contentUnknown) add(compact, ['contentUnknown'], sides.source?.body.length ?? 0);
  }
  return compact;
};

const kindOf = (key: string): string => {
  const folders = key.toLowerCase().split('/').slice(0, -1);
  if (folders.includes('raw') || /\.(cr2|nef)$/i.test(key)) return 'raw';
  return /\.jpe?g$/i.test(key) ? 'jpg' : 'other';
};

const copyListOf = (expected: Expected, { from }: Ran): string[] =>
  from === 'failed' ? [...expected.failing.keys()] : [...expected.missing, ...expected.toReplace];

const roundsOf = (expected: Expected, ran: Ran): number => {
  const listed = copyListOf(expected, ran).length;
  const failing = expected.failing.size;
  if (ran.mode === 'check' || listed === 0) return 1;
  const compared = failing === 0 || failing === listed ? 2 : 3;
  return ran.from === undefined ? compared : compared - 1;
};

const proveOutcomes = (expected: Expected, ran: Ran): void => {
  const { outcomes, reasons } = ran.report;
  const tried = (keys: readonly string[]) =>
    ran.mode === 'check' || ran.from === 'failed' ? [] : keys.filter((key) => !expected.failing.has(key));
  const failing = ran.mode === 'check' ? [] : [...expected.failing.keys()];
  const exact = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, { count: 0, bytes: 0 }])) as Record<
    Outcome,
    { count: number; bytes: number }
  >;
  exact.copied = amount(expected, tried(expected.missing));
  exact.replaced = amount(expected, tried(expected.toReplace));
  exact.failed = amount(expected, failing);
  const { alreadyThere } = outcomes;
  if (!ran.triesAgain) {
    // A folder on the way to a picture is made for the picture, and then its marker finds it.
    const markers = expected.missing.filter((key) => key.endsWith('/')).length;
    assert.ok(alreadyThere.count <= markers, 'only markers are already there');
  }
  exact.alreadyThere = alreadyThere;
  // From which of the two they are taken, only trying again makes a question.
  const wasReplaced = ran.triesAgain ? minus(exact.replaced, outcomes.replaced) : NOTHING;
  exact.copied = minus(exact.copied, minus(alreadyThere, wasReplaced));
  exact.replaced = minus(exact.replaced, wasReplaced);
  assert.deepEqual(outcomes, exact, `outcomes: ${JSON.stringify({ outcomes, reasons, exact })}`);
  const why = Object.groupBy(failing, (key) => expected.failing.get(key) ?? '');
  assert.deepEqual({ ...reasons }, Object.fromEntries(Object.entries(why).map(([name, keys]) => [name, keys?.length])));
};

const proveLists = async (expected: Expected, ran: Ran): Promise<void> => {
  const { host, id, order } = ran;
  const listed = new Set(copyListOf(expected, ran));
  const line = (key: string): Line => ({ key, size: sizeOf(expected, key) });
  const missing = sorted(expected.missing.filter((key) => listed.has(key)));
  assert.deepEqual(await linesOf(missingPath(id), host), missing.map(line), 'the missing list, in key order');

  const plan: CopyItem[] = JSON.parse(String(await host.files.read(copyPlanPath(id, 1))));
  const planned: Line[] = [];
  let before: number | undefined;
  for (const { shards, amount: sum, fromPosition = 0 } of plan) {
    const lines: Line[] = [];
    for (const shard of shards) {
      const its = await linesOf(shard.path, host);
      for (const { key } of its)
        assert.equal(shard.finding, expected.findings.get(key)?.finding, 'each finding in its own shards');
      lines.push(...its.map(({ key, size }) => ({ key, size })));
      if (ran.from === 'failed') continue;
      const times = its.map(({ key }) => capturedAt(key) ?? expected.findings.get(key)!.source!.modifiedAt);
      assert.deepEqual(
        [shard.newest, shard.oldest],
        [Math.max(...times), Math.min(...times)],
        'capture times of a shard',
      );
      const next = order === 'newest' ? -shard.newest : shard.oldest;
      assert.ok(before === undefined || before <= next, 'shards in copying order');
      before = next;
    }
    if (fromPosition === 0) assert.equal(lines.length, sum.count);
    planned.push(...lines);
  }
  const inOrder = (lines: readonly Line[]) => [...lines].sort((a, b) => byCodePoint(a.key, b.key));
  assert.deepEqual(inOrder(planned), sorted(listed).map(line), 'the copy list');

  const { rounds = [] } = (await readMigration(host.records, id)) ?? {};
  for (const { round, comparison, copying } of rounds) {
    const left: Line[] = [];
    const failed: Line[] = [];
    for await (const task of host.records.list<TaskDocument>(migrationPk(id), tasksPrefix(round))) {
      for (const path of task.left) left.push(...(await linesOf(path, host)));
    }
    for await (const item of host.records.list<ItemDocument>(migrationPk(id), itemsPrefix(round))) {
      for (const { path } of await filesOf(item, host.files)) failed.push(...(await linesOf(path, host)));
    }
    if (comparison && round === 1) {
      const named = sorted([...expected.kept, ...expected.waiting]);
      const lines = named.map((key) => ({ ...line(key), finding: expected.findings.get(key)?.finding }));
      assert.deepEqual(inOrder(left), lines, 'what was left');
    }
    if (!copying) continue;
    const lines = sorted(expected.failing.keys()).map((key) => ({ ...line(key), reason: expected.failing.get(key) }));
    const shown = inOrder(failed).map(({ key, size, reason }) => ({ key, size, reason }));
    assert.deepEqual(shown, lines, `what failed in round ${round}`);
  }
};

/** Five keys of each finding, if there are so many. */
const proveExamples = async (expected: Expected, { host, id }: Ran): Promise<void> => {
  const examples: Record<string, string[]> = JSON.parse(String(await host.files.read(examplesPath(id))));
  const byFinding = Object.groupBy(expected.findings, ([, { finding }]) => finding);
  for (const [finding, all = []] of Object.entries(byFinding)) {
    const keys = new Set(all.map(([key]) => key));
    const shown = examples[finding] ?? [];
    assert.ok(shown.every((key) => keys.has(key)) && new Set(shown).size === shown.length, `examples of ${finding}`);
    assert.equal(shown.length, Math.min(5, keys.size), `there are examples of ${finding}`);
  }
};
