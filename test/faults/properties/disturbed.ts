// A migration that faults and other people disturbed: what must be true all the same.
import assert from 'node:assert/strict';
import type { Report } from '../../../lib/report/report.ts';
import { hasEnded, readMigration } from '../../../lib/workflow/record.ts';
import type { Options } from '../../../lib/workflow/request.ts';
import { proveNothingLost, type Snapshot } from '../proof.ts';
import type { World } from '../world.ts';
import { compactOf, type Ran } from './exact.ts';
import { amount, type Expected, type Given, reference } from './model.ts';
import type { Shelf } from './shelf.ts';

export interface Meanwhile {
  readonly source: Map<string, Buffer[]>;
  readonly destination: Map<string, Buffer[]>;
}

export interface Disturbed {
  readonly ran: Omit<Ran, 'report'>;
  readonly world: World;
  readonly before: { readonly source: Shelf; readonly destination: Shelf };
  readonly expected: Expected;
  readonly options: Partial<Options>;
  readonly meanwhile: Meanwhile;
  /** What stands there now, to judge what is said to remain. */
  readonly now: Given;
}

const bodies = ({ pictures }: Shelf): Map<string, Buffer> =>
  new Map([...pictures].map(([key, { body }]) => [key, body]));

export const proveDisturbed = async (all: Disturbed): Promise<void> => {
  const { ran, world, before, expected, options, meanwhile } = all;
  const { host, id } = ran;
  const record = await readMigration(host.records, id);
  assert.ok(record && hasEnded(record.status), `it has ended, it does not say ${record?.status} for ever`);
  const moved = new Set([...meanwhile.source.keys(), ...meanwhile.destination.keys()]);
  const snapshot: Snapshot = { source: bodies(before.source), destination: bodies(before.destination) };
  const still = { ...snapshot, source: new Map([...snapshot.source].filter(([key]) => !moved.has(key))) };
  const versions = {
    source: new Map(
      [...moved].map((key) => [key, [...(meanwhile.source.get(key) ?? []), snapshot.source.get(key) ?? NOTHING]]),
    ),
    destination: meanwhile.destination,
  };
  // The lists of the migration that it goes on from name the rest.
  const { from } = ran;
  const isEarliers = (key: string): boolean =>
    from !== undefined &&
    ![...(from === 'missing' ? [...expected.missing, ...expected.toReplace] : expected.failing.keys())].includes(key);
  // Folders are no pictures, and the proof sees only those.
  const isFolder = (key: string): boolean => key.endsWith('/') && before.destination.isFolder;
  const isExcluded = (key: string): boolean =>
    expected.findings.get(key)?.finding === 'excluded' || isEarliers(key) || isFolder(key);
  const report = await proveNothingLost({ world, before: still, host, id, options, isExcluded, meanwhile: versions });
  proveUntouched(all, snapshot, moved);
  if (moved.size > 0) return proveRemainingNotLess(all, report, moved);
  if (report.findings)
    assert.deepEqual(report.findings, compactOf(expected), 'findings are those of an undisturbed comparison');
  if (report.status !== 'done') return;
  const left = reference(all.now);
  const remain = [...left.missing, ...left.toReplace, ...left.waiting];
  assert.deepEqual(report.remaining, amount(left, remain), 'what remains is what is not there');
  assert.deepEqual(report.kept, amount(left, left.kept), 'kept');
  if (ran.mode === 'check') return;
  const { copied, replaced, alreadyThere } = report.outcomes;
  const arrived = [...all.now.destination.pictures].filter(
    ([key, { body }]) => !snapshot.destination.get(key)?.equals(body),
  ).length;
  // A write that was done and not answered is called failed, and is found there by the next comparison.
  const counted = copied.count + replaced.count + alreadyThere.count + report.outcomes.failed.count;
  assert.ok(counted >= arrived, `${arrived} arrived, ${counted} are counted: ${JSON.stringify(report.outcomes)}`);
};

/** What nobody touched and is not there must be among what is said to remain. */
const proveRemainingNotLess = ({ now, ran }: Disturbed, report: Report, moved: ReadonlySet<string>): void => {
  if (report.status !== 'done') return;
  const left = reference(now);
  const remain = [...left.missing, ...left.toReplace, ...left.waiting].filter((key) => !moved.has(key));
  const named = remain.length <= (report.remaining?.count ?? 0);
  assert.ok(named || ran.mode === 'check', `${remain} are not there, ${report.remaining?.count} are said to remain`);
};

/** Copied from a disturbed migration's lists, with nobody else about: all is there that can be, and the figures say so. */
export const proveGoneOn = (report: Report, now: Given): void => {
  assert.equal(report.status, 'done', `${report.cause}: ${report.message}`);
  const left = reference(now);
  const toCopy = [...left.missing, ...left.toReplace];
  assert.deepEqual(
    toCopy.filter((key) => !left.failing.has(key)),
    [],
    'all that was left is there',
  );
  assert.deepEqual(report.remaining, amount(left, [...toCopy, ...left.waiting]), 'what remains is what is not there');
  assert.deepEqual(report.kept, amount(left, left.kept), 'kept');
};

const NOTHING = Buffer.from('nothing ever stood there');

/** What nobody else touched is as it was, unless it was to be replaced. */
const proveUntouched = ({ now, expected, ran }: Disturbed, before: Snapshot, moved: ReadonlySet<string>): void => {
  for (const [key, body] of before.destination) {
    if (moved.has(key)) continue;
    const there = now.destination.pictures.get(key)?.body;
    const replaced = ran.mode === 'sync' && expected.toReplace.includes(key) && there?.equals(before.source.get(key)!);
    assert.ok(replaced || there?.equals(body), `"${key}" on the destination is what it was`);
  }
  for (const key of now.destination.pictures.keys()) {
    if (moved.has(key) || before.destination.has(key)) continue;
    assert.ok(ran.mode === 'sync' && expected.missing.includes(key), `"${key}" was to be copied`);
  }
};
