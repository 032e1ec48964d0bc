// The arithmetic below the whole migrations, thousands of times: ranges, joins, statistics, copying order, globs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../../lib/compare/entry.ts';
import { compileFilters } from '../../../lib/compare/filters.ts';
import { classify } from '../../../lib/compare/findings.ts';
import { compileGlobs } from '../../../lib/compare/glob.ts';
import { joinListings } from '../../../lib/compare/join.ts';
import { compareKeys } from '../../../lib/compare/key.ts';
import { contains, type Range } from '../../../lib/compare/range.ts';
import { rangesFromBoundaries } from '../../../lib/compare/split.ts';
import {
  addStatistics,
  countFinding,
  countListed,
  disagreement,
  fromCompact,
  newStatistics,
  type Statistics,
  toCompact,
} from '../../../lib/compare/statistics.ts';
import { planCopying } from '../../../lib/workflow/copy-plan.ts';
import { entriesInOrder } from '../../../lib/workflow/copying-order.ts';
import { DEFAULT_LIMITS } from '../../../lib/workflow/limits.ts';
import { gzipLines } from '../../../lib/workflow/lines.ts';
import type { ShardRef } from '../../../lib/workflow/payloads.ts';
import { tasksOf } from '../../../lib/workflow/steps/plan.ts';
import { keys, listings } from '../../compare/keys.ts';
import { memoryFiles } from '../moving/memory-files.ts';
import { capturedAt } from './model.ts';
import { matches } from './naive-glob.ts';
import { CASES, SEED } from './seed.ts';

const parameters = (share: number) => ({ seed: SEED, numRuns: Math.max(1, Math.round(CASES * share)) });
const utf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe(`seed ${SEED}`, () => {
  test('a glob matches what a slow and plain reading of it matches', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '/',
      '*',
      '**',
      '**/',
      '?',
      '[a-b]',
      '[!a-b]',
      '{a,b}',
      '{a/b,b}',
      '.',
      'é',
      '\u{1f4f7}',
      '\\*',
      '\\?',
    );
    const glob = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    const key = fc.array(fc.constantFrom('a', 'b', 'c', '/', '.', 'é', '\u{1f4f7}', '*', '\n'), {
      minLength: 1,
      maxLength: 7,
    });
    fc.assert(
      fc.property(glob, key, (pattern, chars) => {
        // Three stars in a row, and stars within a name, say nothing that everybody agrees on.
        fc.pre(!/\*\*\*|[^/{,]\*\*|\*\*[^/]/.test(pattern) && !pattern.startsWith('!'));
        const name = chars.join('');
        // Nor do names without a character.
        fc.pre(!/^\/|\/\//.test(name));
        assert.equal(
          compileGlobs([pattern])(name),
          matches(pattern, name),
          `${JSON.stringify(pattern)} on ${JSON.stringify(name)}`,
        );
      }),
      parameters(10),
    );
  });

  test("the plan's ranges hold every key exactly once, whatever prefixes were found", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(keys, { maxLength: 40 }),
        keys,
        fc.record({ planTasks: fc.integer({ min: 1, max: 9 }), rangesPerTask: fc.integer({ min: 1, max: 5 }) }),
        (prefixes, key, limits) => {
          const ranges = rangesFromBoundaries(prefixes.sort(compareKeys));
          const tasks = tasksOf(ranges, { ...DEFAULT_LIMITS, ...limits });
          assert.equal(tasks.flatMap((task) => task.ranges).filter((range) => contains(range, key)).length, 1);
          assert.ok(tasks.length <= limits.planTasks);
          assert.ok(tasks.every((task, i) => task.index === i && task.ranges.length <= limits.rangesPerTask));
          assert.equal(
            compareKeys(key, prefixes[0] ?? ''),
            Math.sign(utf8(key, prefixes[0] ?? '')) && compareKeys(key, prefixes[0] ?? ''),
          );
        },
      ),
      parameters(5),
    );
  });

  const pagesOf = async function* (entries: readonly Entry[], range: Range, pageSize: number) {
    const its = entries.filter(({ key }) => contains(range, key));
    for (let at = 0; at < its.length; at += pageSize) yield its.slice(at, at + pageSize);
  };
  const rules = { keep: compileFilters({ include: [], exclude: ['*b*'] }), minAgeMs: 20, checksum: true };
  const compared = async (sides: readonly (readonly Entry[])[], ranges: readonly Range[], pageSize: number) => {
    let sum: Statistics = newStatistics();
    const seen: string[] = [];
    for (const range of ranges) {
      const its = newStatistics();
      const [source = [], destination = []] = sides;
      for await (const batch of joinListings(
        pagesOf(source, range, pageSize),
        pagesOf(destination, range, pageSize + 1),
      )) {
        for (const joined of batch) {
          seen.push((joined.source ?? joined.destination)!.key);
          countListed(its, joined);
          const judged = classify(joined, rules, 100);
          const { finding, contentUnknown } =
            judged === 'compareContent' ? { finding: 'shared' as const, contentUnknown: true } : judged;
          countFinding(its, finding, joined, contentUnknown);
        }
      }
      // As a task's document keeps it.
      sum = addStatistics(sum, fromCompact(JSON.parse(JSON.stringify(toCompact(its)))));
    }
    return { sum, seen };
  };

  test('comparing range by range finds what comparing everything at once finds, whatever the ranges and pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        listings,
        listings,
        fc.uniqueArray(keys, { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (source, destination, cuts, pageSize) => {
          const whole = await compared([source, destination], rangesFromBoundaries([]), 1_000);
          const parts = await compared([source, destination], rangesFromBoundaries(cuts.sort(compareKeys)), pageSize);
          assert.deepEqual(parts, whole);
          assert.deepEqual(whole.seen, [...new Set(whole.seen)].sort(compareKeys));
          assert.equal(disagreement(whole.sum), undefined);
          assert.deepEqual(fromCompact(toCompact(whole.sum)), whole.sum);
        },
      ),
      parameters(2),
    );
  });

  const dated = fc
    .tuple(
      fc.constantFrom('cam1', 'cam10', 'a/b'),
      fc.constantFrom('', 'raw/', 'RAW/'),
      fc.date({ min: new Date('2024-02-27'), max: new Date('2026-03-02'), noInvalidDate: true }),
    )
    .map(([camera, raw, date]) => {
      const digits = date.toISOString().replace(/\D/g, '').slice(0, 14);
      return `${camera}/pictures/${raw}${digits.slice(0, 8)}/${digits}.jpg`;
    });
  test('the items of a copy plan hold each shard once, in order, and each its entries by what their keys tell of time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.oneof(dated, keys), { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('newest', 'oldest'),
        async (all, perShard, maxItems, order) => {
          const files = memoryFiles();
          const shards: ShardRef[] = [];
          for (let from = 0; from < all.length; from += perShard) {
            const its = all.slice(from, from + perShard);
            const path = `shard-${from}`;
            await files.write(path, await gzipLines(its, (key) => ({ key, size: 1 })));
            const times = its.map((key) => capturedAt(key) ?? 0);
            const [newest, oldest] = [Math.max(...times), Math.min(...times)];
            shards.push({
              ...{ path, newest, oldest, count: its.length, bytes: its.length, listedAt: 1, gzipBytes: 1 },
              ...{ finding: 'missingOnDestination', range: 0, sequence: from },
            });
          }
          const items = planCopying(shards, order, maxItems);
          assert.ok(items.length <= maxItems);
          const first = items.flatMap((item) =>
            item.shards.map((one) => (order === 'newest' ? -one.newest : one.oldest)),
          );
          assert.deepEqual(
            first,
            [...first].sort((a, b) => a - b),
          );
          const copied: string[] = [];
          for (const item of items) {
            const its = (await entriesInOrder(files, item, order, undefined)).map(({ key }) => key);
            assert.equal(its.length, item.amount.count);
            const late = order === 'newest' ? -1 : 1;
            const time = (key: string) => late * (capturedAt(key) ?? late * Number.POSITIVE_INFINITY);
            const sorted = [...its].sort((a, b) => (time(a) === time(b) ? utf8(a, b) : time(a) - time(b)));
            assert.deepEqual(its, sorted);
            copied.push(...its);
          }
          assert.deepEqual(copied.sort(), [...all].sort());
        },
      ),
      parameters(1),
    );
  });
});
