// What must be true whatever broke: nothing lost, nothing misreported, nothing left locked, and a rerun completes.
import assert from 'node:assert/strict';
import { FINDINGS } from '../../lib/compare/findings.ts';
import { type Outcomes, sumOfOutcomes } from '../../lib/compare/outcomes.ts';
import { amountOf, disagreement, fromCompact } from '../../lib/compare/statistics.ts';
import type { EmbeddedHost, EmbeddedOptions } from '../../lib/embedded/host.ts';
import type { Report } from '../../lib/report/report.ts';
import { holdsLock } from '../../lib/workflow/lock.ts';
import { reportPath } from '../../lib/workflow/paths.ts';
import { hasEnded, type MigrationRecord, readMigration } from '../../lib/workflow/record.ts';
import { reportOf } from '../../lib/workflow/report-of.ts';
import type { Options } from '../../lib/workflow/request.ts';
import { run } from '../support/embedded-migration.ts';
import { namedBy } from './named.ts';
import type { Pictures, World } from './world.ts';

export interface Snapshot {
  readonly source: Pictures;
  readonly destination: Pictures;
}

export const snapshotOf = async ({ source, destination }: World): Promise<Snapshot> => ({
  source: await source.content(),
  destination: await destination.content(),
});

/** Everything that ever stood under a key, by whoever put it there but Picferry. */
export type Versions = ReadonlyMap<string, readonly Buffer[]>;

export interface Circumstances {
  readonly world: World;
  /** Taken before the migration was started. */
  readonly before: Snapshot;
  readonly host: Pick<EmbeddedHost, 'records' | 'files' | 'liveness' | 'now'>;
  readonly id: string;
  readonly options?: Partial<Options>;
  readonly isExcluded?: (key: string) => boolean;
  /** What others put on either side while it ran: then figures are only compared with each other. */
  readonly meanwhile?: { readonly source: Versions; readonly destination: Versions };
}

/** Throws with what is wrong; gives the report of what is right. */
export const proveNothingLost = async (all: Circumstances): Promise<Report> => {
  const { host, id, world, meanwhile } = all;
  const record = await readMigration(host.records, id);
  assert.ok(record, `there is a record of ${id}`);
  assert.ok(hasEnded(record.status), `${id} has ended, it does not say ${record.status} for ever`);
  const after = await snapshotOf(world);
  provePicturesUnharmed(all, after);
  await proveEveryPictureAccountedFor(all, record, after);
  proveSums(record);
  if (!meanwhile) proveFiguresTrue(all, record, after);
  assert.equal(await holdsLock(host, record.pair, id), false, 'the pair is free');
  const report = reportOf(record);
  assert.deepEqual(JSON.parse(String(await host.files.read(reportPath(id)))), JSON.parse(JSON.stringify(report)));
  return report;
};

const same = (a: Buffer | undefined, b: Buffer | undefined): boolean =>
  a !== undefined && b !== undefined && a.equals(b);

const mayOverwrite = (options: Partial<Options> = {}): boolean => (options.onDifferent ?? 'keep') !== 'keep';

/** Nothing that was there changed, and whatever is new is a whole picture of the source's. */
export const provePicturesUnharmed = (
  { world, before, options, meanwhile }: Pick<Circumstances, 'world' | 'before' | 'options' | 'meanwhile'>,
  after: Snapshot,
): void => {
  const versionsOf = (side: 'source' | 'destination', key: string): readonly (Buffer | undefined)[] => [
    before[side].get(key),
    ...(meanwhile?.[side].get(key) ?? []),
  ];
  for (const [key, body] of after.destination) {
    const stood = versionsOf('destination', key).some((one) => same(one, body));
    const isWhole = versionsOf('source', key).some((one) => same(one, body));
    const wasThere = before.destination.has(key);
    assert.ok(stood || isWhole, `"${key}" on the destination is no whole picture of the source's`);
    assert.ok(stood || !wasThere || mayOverwrite(options) || meanwhile, `"${key}" on the destination was overwritten`);
  }
  for (const key of before.destination.keys()) {
    assert.ok(after.destination.has(key) || meanwhile, `"${key}" is no longer on the destination`);
  }
  if (!meanwhile)
    assert.deepEqual([...after.source.keys()].sort(), [...before.source.keys()].sort(), 'the source is untouched');
  for (const [key, body] of after.source) {
    assert.ok(
      versionsOf('source', key).some((one) => same(one, body)),
      `"${key}" on the source was changed`,
    );
  }
  const written = world.source.bucket?.history.filter(({ by }) => by === 'request') ?? [];
  assert.deepEqual(
    written.map(({ key }) => key),
    [],
    'no request wrote to the source',
  );
  const overwritten =
    world.destination.bucket?.lost.filter(({ object }) => object === undefined || !mayOverwrite(options)) ?? [];
  assert.deepEqual(
    overwritten.map(({ key }) => key),
    [],
    'no request overwrote or removed anything',
  );
};

/** On the destination, or in a list; where no comparison was completed, nothing is claimed at all. */
const proveEveryPictureAccountedFor = async (
  { host, before, isExcluded = () => false }: Circumstances,
  record: MigrationRecord,
  after: Snapshot,
): Promise<void> => {
  const report = reportOf(record);
  if (report.findings === undefined) {
    assert.notEqual(record.status, 'done', 'a migration without findings is not done');
    assert.equal(report.remaining, undefined, 'without findings nothing is known to remain');
    return;
  }
  const named = await namedBy(record, host);
  for (const [key, body] of before.source) {
    const there = after.destination.get(key);
    // Of the same size counts as shared, unless contents were asked to be compared.
    if (isExcluded(key) || same(there, body) || there?.length === body.length) continue;
    assert.ok(
      named.has(key),
      `"${key}" is neither on the destination nor in a list of ${record.id} (${record.status})`,
    );
  }
};

/** What is counted adds up, round by round, whatever the figures are. */
export const proveSums = (record: MigrationRecord): void => {
  for (const { round, comparison, copying, copyList } of record.rounds) {
    if (copying) assert.deepEqual(sumOfOutcomes(copying.outcomes), copyList, `round ${round}: one outcome an entry`);
    if (!comparison) continue;
    assert.equal(
      disagreement(fromCompact(comparison.statistics)),
      undefined,
      `round ${round}: findings add up to what was listed`,
    );
  }
};

/** With nobody else writing, an independent count must agree with what is reported. */
const proveFiguresTrue = (
  { before, isExcluded = () => false }: Circumstances,
  record: MigrationRecord,
  after: Snapshot,
): void => {
  const report = reportOf(record);
  const { outcomes } = report as { outcomes: Outcomes };
  const arrived = [...after.destination.keys()].filter((key) => !before.destination.has(key)).length;
  assert.ok(outcomes.copied.count <= arrived, `${outcomes.copied.count} are called copied, ${arrived} arrived`);
  if (report.findings && record.earlier === undefined) {
    const statistics = fromCompact(report.findings);
    const found = FINDINGS.map((finding) => amountOf(statistics, finding, 'source').count).reduce((a, b) => a + b, 0);
    assert.equal(found, before.source.size, 'every picture on the source has one finding');
  }
  if (record.status !== 'done' || !report.remaining) return;
  const missing = [...before.source.keys()].filter((key) => !isExcluded(key) && !after.destination.has(key));
  assert.ok(
    report.remaining.count >= missing.length,
    `${report.remaining.count} are said to remain, but ${missing.length} are missing: ${missing.slice(0, 3).join(', ')}`,
  );
  // What a step that broke for good had copied and could not commit is shared by the next comparison.
  const uncommitted = report.reasons.stepBroke ?? 0;
  const counted = outcomes.copied.count + outcomes.alreadyThere.count + uncommitted;
  assert.ok(counted >= arrived, `all that arrived is counted: ${arrived} did, ${counted} are`);
};

/** Without the fault: everything is there afterwards, and a further run has nothing to do. */
export const proveRerunCompletes = async (
  {
    world,
    before,
    options,
    isExcluded = () => false,
  }: Pick<Circumstances, 'world' | 'before' | 'options' | 'isExcluded'>,
  hostOptions: EmbeddedOptions = {},
): Promise<void> => {
  const host = await world.host(hostOptions);
  const source = await world.source.content();
  const { report, id } = await run(host, world.request('sync', options));
  assert.equal(report.status, 'done', `the rerun: ${report.cause} ${report.message}`);
  await proveNothingLost({
    world,
    before: { ...before, source },
    host,
    id,
    isExcluded,
    ...(options && { options }),
    meanwhile: { source: new Map(), destination: versionsOf(source) },
  });
  const there = await world.destination.content();
  const missing = [...source.keys()].filter((key) => !isExcluded(key) && !there.has(key));
  assert.deepEqual(missing, [], 'after the rerun nothing is missing');
  assert.equal(report.remaining?.count, 0, 'and the report says so');
  await host.close();
  assert.deepEqual(await world.destination.leftovers(), [], 'nothing but pictures stays behind');
};

const versionsOf = (pictures: Pictures): Versions => new Map([...pictures].map(([key, body]) => [key, [body]]));
