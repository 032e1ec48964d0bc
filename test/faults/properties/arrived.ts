// What stands on the destination after an undisturbed migration: everything that was to arrive, as it was, and nothing else.
import assert from 'node:assert/strict';
import { copyPlanPath } from '../../../lib/workflow/paths.ts';
import type { CopyItem } from '../../../lib/workflow/payloads.ts';
import { linesOf } from '../named.ts';
import type { World } from '../world.ts';
import type { Case } from './case.ts';
import { byCodePoint, type Ran } from './exact.ts';
import { capturedAt, type Expected, type Given } from './model.ts';
import { PREFIX, type Shelf, type Standing } from './shelf.ts';

interface How {
  readonly stage: Case;
  readonly world: World;
  readonly ran: Ran;
  /** Writes to the destination's bucket before. */
  readonly written?: number;
}

export const proveArrived = async (
  expected: Expected,
  given: Given,
  after: { readonly source: Shelf; readonly destination: Shelf },
  how: How,
): Promise<void> => {
  const copied = how.ran.mode === 'check' ? [] : [...expected.missing, ...expected.toReplace];
  const arrived = new Set(copied.filter((key) => !expected.failing.has(key)));
  const isFolder = given.destination.isFolder;
  const keys = new Set([...given.destination.pictures.keys(), ...arrived]);
  for (const key of keys) {
    if (isFolder && key.endsWith('/')) {
      assert.ok(after.destination.folders.has(key), `the folder ${key} is there`);
      continue;
    }
    const there = after.destination.pictures.get(key);
    assert.ok(there, `"${key}" is on the destination`);
    if (arrived.has(key)) proveCopy(key, there, expected.findings.get(key)!.source!, given, how);
    else assert.deepEqual(there, given.destination.pictures.get(key), `"${key}" is untouched`);
  }
  assert.deepEqual(
    [...after.destination.pictures.keys()].filter((key) => !keys.has(key)),
    [],
    'nothing else came',
  );
  assert.deepEqual([...after.source.pictures], [...given.source.pictures], 'the source is untouched');
  if (how.written !== undefined && how.world.destination.bucket) await proveOrder(arrived, how.written, how);
};

const proveCopy = (key: string, there: Standing, was: Standing, given: Given, { stage }: How): void => {
  assert.ok(there.body.equals(was.body), `"${key}" is byte-identical`);
  const { tags = true, storageClass = 'STANDARD' } = stage.options;
  if (there.storageClass !== undefined) assert.equal(there.storageClass, storageClass, `"${key}": storage class`);
  const isBoth = !given.source.isFolder && !given.destination.isFolder;
  if (isBoth) assert.deepEqual(there.tags, tags ? was.tags : {}, `"${key}": tags`);
  // A copy within one service adds nothing; its parts do.
  const made = was.originalTime ?? (stage.stores === 'S3 → S3' ? undefined : was.modifiedAt);
  if (made !== undefined)
    assert.equal(Math.round(there.originalTime! * 1_000), Math.round(made * 1_000), `"${key}": its time`);
};

/** One after the other: as the plan has them, each item's by what their keys tell of time. */
const proveOrder = async (arrived: ReadonlySet<string>, before: number, { stage, world, ran }: How): Promise<void> => {
  const { atOnce, limits, options, handOnAfter } = stage;
  if ((handOnAfter === undefined && atOnce > 1) || (options.concurrency ?? limits.copiesPerShard) !== 1) return;
  if (ran.mode === 'check' || ran.triesAgain) return;
  const plan: CopyItem[] = JSON.parse(String(await ran.host.files.read(copyPlanPath(ran.id, 1))));
  const order: string[] = [];
  const late = ran.order === 'newest' ? -1 : 1;
  for (const { shards } of plan) {
    const keys: string[] = [];
    for (const { path } of shards) keys.push(...(await linesOf(path, ran.host)).map(({ key }) => key));
    const time = (key: string) => (capturedAt(key) ?? Number.POSITIVE_INFINITY * late) * late;
    order.push(...keys.sort((a, b) => (time(a) === time(b) ? byCodePoint(a, b) : time(a) - time(b))));
  }
  const wrote = world.destination.bucket!.history.slice(before).map(({ key }) => key.slice(PREFIX.length));
  assert.deepEqual(
    wrote,
    order.filter((key) => arrived.has(key)),
    'copied in the order that was asked for',
  );
};
