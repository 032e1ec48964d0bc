// Cameras that pause longer than `--min-age` while they write a picture in place: what may happen then, and what never does.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { resultOf } from '../../../lib/report/result.ts';
import { verdictOf, warningsOf } from '../../../lib/report/sentences.ts';
import { readMigration } from '../../../lib/workflow/record.ts';
import type { Options } from '../../../lib/workflow/request.ts';
import { counts, type Ended, run } from '../../support/embedded-migration.ts';
import { instead } from '../instead.ts';
import { namedBy } from '../named.ts';
import { givenWorld, type World } from '../world.ts';
import { takePicture, wrongWith } from './picture.ts';
import { seeded } from './random.ts';

const KEY = 'cam1/pictures/20260101/20260101120000.jpg';
const WHOLE = takePicture(KEY, 5_000, seeded(1));
const HALF = WHOLE.subarray(0, 2_000);
/** As long as it is, and not yet filled: how some cameras begin a file. */
const LENGTH_FIRST = Buffer.concat([HALF, Buffer.alloc(WHOLE.length - HALF.length)]);
const NOW = { modifiedAt: Date.now() };

const given = async (t: TestContext): Promise<World & { sync(options?: Partial<Options>): Promise<Ended> }> => {
  const world = await givenWorld(t, { stores: 'folder → folder' });
  const sync = async (options: Partial<Options> = {}): Promise<Ended> => {
    const host = await world.host();
    const ended = await run(host, world.request('sync', options));
    assert.equal(ended.report.status, 'done', ended.report.message);
    return ended;
  };
  return { ...world, sync };
};

const standing = async ({ destination }: World, key = KEY): Promise<Buffer | undefined> =>
  (await destination.content()).get(key);

const saidOf = ({ report }: Ended, onDifferent: Options['onDifferent'] = 'keep'): string => {
  const result = resultOf(report, '');
  return [verdictOf(report, result), ...warningsOf(report, result, onDifferent)].join('\n');
};

const namesOf = async ({ id, host }: Ended, key = KEY): Promise<readonly string[]> =>
  (await namedBy((await readMigration(host.records, id))!, host)).get(key) ?? [];

describe('a picture that paused longer than --min-age while it was written in place', () => {
  test('is copied as it stood, is called different from then on in figures and lists, and --on-different newer mends it', async (t) => {
    const world = await given(t);
    await world.source.put(KEY, HALF);
    assert.equal((await world.sync()).report.outcomes.copied.count, 1);
    await world.source.put(KEY, WHOLE, { modifiedAt: Date.UTC(2020, 0, 2) });

    const kept = await world.sync();
    assert.deepEqual(await standing(world), HALF, 'nothing is overwritten unasked');
    assert.deepEqual(await namesOf(kept), ['left: different']);
    assert.match(saidOf(kept), /1 picture .* differs on the destination and was kept as it is/);

    const mended = await world.sync({ onDifferent: 'newer' });
    assert.deepEqual(counts(mended.report.outcomes), { replaced: 1 });
    assert.deepEqual(await standing(world), WHOLE);
  });

  test('never takes the place of the whole one on the way back', async (t) => {
    const world = await given(t);
    await world.source.put(KEY, HALF);
    await world.sync();
    await world.source.put(KEY, WHOLE, { modifiedAt: Date.UTC(2020, 0, 2) });
    const host = await world.host();
    for (const onDifferent of ['keep', 'newer'] as const) {
      const { source, destination } = world;
      const back = { ...world.request('sync', { onDifferent }), source: destination.spec, destination: source.spec };
      assert.equal((await run(host, back)).report.status, 'done');
      assert.deepEqual((await source.content()).get(KEY), WHOLE);
    }
  });

  test('is told of by the very migration that copied it, where it grew before that compared again', async (t) => {
    const world = await given(t);
    const grow = () => world.source.put(KEY, WHOLE, { modifiedAt: Date.UTC(2020, 0, 2) });
    await world.source.put(KEY, HALF);
    await world.source.put('cam1/other.jpg', 'one');
    await world.destination.put('cam1/other.jpg', 'another');
    const host = await world.host({
      around: (ports) => ({
        ...ports,
        openStore: async (spec, side) => {
          const store = await ports.openStore(spec, side);
          if (side === 'source') return store;
          return instead(store, {
            write: async (...args) => {
              const written = await store.write(...args);
              await grow();
              return written;
            },
          });
        },
      }),
    });
    const ended = await run(host, world.request());
    assert.deepEqual(counts(ended.report.outcomes), { copied: 1 });
    assert.deepEqual(await standing(world), HALF);
    assert.ok((await namesOf(ended)).includes('left: different'));
    assert.deepEqual(ended.report.kept, { count: 2, bytes: WHOLE.length + 3 }, 'by the latest comparison');
    assert.match(saidOf(ended), /2 pictures .* differ on the destination and were kept as they are/);
  });

  test('with its length first looks whole by its size; --checksum sees it, and mends it', async (t) => {
    const world = await given(t);
    await world.source.put(KEY, LENGTH_FIRST);
    await world.sync();
    await world.source.put(KEY, WHOLE, { modifiedAt: Date.UTC(2020, 0, 2) });
    const bySize = await world.sync({ onDifferent: 'newer' });
    assert.equal(bySize.report.kept?.count, 0);
    assert.notEqual(wrongWith(KEY, (await standing(world))!), undefined);
    const seen = await world.sync({ checksum: true });
    assert.deepEqual(await namesOf(seen), ['left: different']);
    const mended = await world.sync({ checksum: true, onDifferent: 'newer' });
    assert.deepEqual(counts(mended.report.outcomes), { replaced: 1 });
    assert.deepEqual(await standing(world), WHOLE);
  });

  test('under a temporary name becomes a file of that name, unless it is excluded', async (t) => {
    const world = await given(t);
    const temporary = 'cam1/pictures/20260101/.20260101120000.jpg.tmp';
    await world.source.put(temporary, HALF);
    await world.sync({ exclude: ['.*.tmp', '*.part'] });
    assert.equal(await standing(world, temporary), undefined);
    await world.sync();
    assert.deepEqual(await standing(world, temporary), HALF);
    assert.equal(await standing(world), undefined);
  });
});

describe('a picture that a camera is writing anew in place, such as latest.jpg', () => {
  for (const onDifferent of ['newer', 'overwrite'] as const) {
    test(`never takes the place of the whole one before it is as old as --min-age (${onDifferent})`, async (t) => {
      const world = await given(t);
      const before = takePicture(KEY, 4_000, seeded(2));
      await world.destination.put(KEY, before);
      for (const [written, checksum] of [
        [Buffer.alloc(0), false],
        [HALF, false],
        [Buffer.concat([WHOLE.subarray(0, 1_000), Buffer.alloc(before.length - 1_000)]), true],
      ] as const) {
        await world.source.put(KEY, written, NOW);
        const early = await world.sync({ onDifferent, checksum });
        assert.deepEqual(await standing(world), before, `${written.length} bytes of it were taken`);
        assert.deepEqual(counts(early.report.outcomes), {});
        assert.equal(early.report.remaining?.count, 1, 'it was to be replaced, and was not');
        assert.deepEqual(await namesOf(early), ['left: different']);
        await early.host.close();
      }
      await world.source.put(KEY, WHOLE, { modifiedAt: Date.UTC(2021, 0, 1) });
      assert.deepEqual(counts((await world.sync({ onDifferent })).report.outcomes), { replaced: 1 });
      assert.deepEqual(await standing(world), WHOLE);
    });
  }

  test('on S3 is always whole, and replaces at once', async (t) => {
    const world = await givenWorld(t, { stores: 'S3 → folder' });
    await world.destination.put(KEY, HALF);
    await world.source.put(KEY, WHOLE, NOW);
    const { report } = await run(await world.host(), world.request('sync', { onDifferent: 'newer' }));
    assert.deepEqual(counts(report.outcomes), { replaced: 1 });
    const { path } = world.destination.spec as { readonly path: string };
    assert.deepEqual(await readFile(join(path, KEY)), WHOLE);
  });
});
