// Pictures that appear, change, shrink, grow and vanish on either side, just before or after any call of a run, or within a body.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { type OpenPicture, wasOpened } from '../../../lib/stores/store.ts';
import type { Options } from '../../../lib/workflow/request.ts';
import { run } from '../../support/embedded-migration.ts';
import { proved, STORES, type Stores } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld, LONG_AGO, type World } from '../world.ts';
import { fill, sampleOf } from './album.ts';
import { type Around, type Effect, through } from './effects.ts';

const LARGE = 'cam1/large.jpg';
const LARGE_BYTES = 700_000;
const FIRST = 'cam1/pictures/20260101/20260101010000.jpg';
const LAST = 'cam2/pictures/20260101/20260101020000.jpg';
const NEW = 'cam1/pictures/20260101/20260101013000.jpg';

type Side = 'source' | 'destination';
type Put = (side: Side, key: string, content: string | Buffer | undefined) => Promise<void>;

const other = (content: Buffer): Buffer => Buffer.alloc(content.length, 'x');

/** What others do at that moment, to the picture as it stands. */
const CHANGES: Readonly<Record<string, (put: Put, world: World) => Promise<void>>> = {
  'appears on the source': (put) => put('source', NEW, 'a new one'),
  'is changed on the source, to the same size': async (put, { source }) => {
    for (const key of [FIRST, LARGE]) await put('source', key, other((await source.content()).get(key)!));
  },
  'grows on the source': async (put, { source }) => {
    for (const key of [LAST, LARGE]) await put('source', key, `${(await source.content()).get(key)} and more`);
  },
  'shrinks on the source': async (put) => {
    for (const key of [FIRST, LARGE]) await put('source', key, 'short');
  },
  'vanishes from the source': async (put) => {
    for (const key of [LAST, LARGE]) await put('source', key, undefined);
  },
  'is replaced by a folder on the source': async (put, world) => {
    await put('source', FIRST, undefined);
    if (world.source.bucket) await put('source', `${FIRST}/within.jpg`, 'below a picture');
    else await mkdir(join(world.folders.source, FIRST));
  },
  'appears on the destination, with the same size': async (put, { source }) => {
    for (const key of [FIRST, LARGE]) await put('destination', key, other((await source.content()).get(key)!));
  },
  'appears on the destination, with another size': async (put) => {
    for (const key of [LAST, LARGE]) await put('destination', key, 'by somebody else');
  },
  'is changed on the destination': (put) => put('destination', 'cam1/other.jpg', 'changed by hand'),
  'is changed on the destination, to the same size': (put) => put('destination', 'cam1/other.jpg', 'ANOTHER'),
  'vanishes from the destination': (put) => put('destination', 'cam1/other.jpg', undefined),
};

interface Moment {
  readonly n: number;
  readonly when: 'before' | 'after' | 'within the body of';
}

interface Case extends Moment {
  readonly change: string;
  readonly options: Partial<Options>;
  /** When the new picture was made: now, or, by a camera's clock, years ago. */
  readonly dated: 'now' | 'long ago';
}

const isCounted = ({ port }: Effect): boolean => port === 'source' || port === 'destination';

/** Does what others do once, at that moment. */
const at = ({ n, when }: Moment, act: () => Promise<void>) => {
  let calls = 0;
  const around: Around = async (effect, go) => {
    if (!isCounted(effect) || calls++ !== n) return go();
    if (when === 'before') await act();
    const answer = await go();
    if (when === 'after') await act();
    if (when === 'within the body of') return (await changedWithin(answer, act)) as typeof answer;
    return answer;
  };
  return { around, calls: () => calls };
};

const changedWithin = async (answer: unknown, act: () => Promise<void>): Promise<unknown> => {
  const opened = answer as OpenPicture | undefined;
  if (typeof opened !== 'object' || opened === null || !wasOpened(opened)) {
    await act();
    return answer;
  }
  const body = Readable.from(
    (async function* () {
      let acted = false;
      for await (const chunk of opened.body) {
        yield chunk;
        if (!acted) await act();
        acted = true;
      }
    })(),
  );
  return { ...opened, body };
};

const migrate = async (t: TestContext, stores: Stores, { change, options, dated, ...moment }: Case) => {
  const world = await givenWorld(t, { stores, pageSize: 3 });
  await fill(world);
  await world.source.put(LARGE, Buffer.alloc(LARGE_BYTES, 'large '));
  const before = await snapshotOf(world);
  const meanwhile = { source: new Map<string, Buffer[]>(), destination: new Map<string, Buffer[]>() };
  const byHand = new Map<string, Buffer | undefined>();
  const takenAway = new Set<string>();
  const put: Put = async (side, key, content) => {
    if (content === undefined && side === 'source') takenAway.add(key);
    if (content === undefined) await world[side].remove(key).catch(() => {});
    else {
      const modifiedAt = dated === 'now' ? Date.now() : LONG_AGO;
      await world[side].put(key, content, { modifiedAt });
      meanwhile[side].set(key, [...(meanwhile[side].get(key) ?? []), Buffer.from(content)]);
    }
    if (side === 'destination') byHand.set(key, content === undefined ? undefined : Buffer.from(content));
  };
  const fault = at(moment, () => CHANGES[change]?.(put, world) ?? Promise.resolve());
  const host = await world.host({
    around: (ports) => through(ports, fault.around),
    limits: { shardEntries: 3, rangesPerTask: 2, copiesPerShard: 1, commitEveryMs: 1e9 },
    numbers: { RetrySeconds: 0, ListConcurrency: 1, CopyConcurrency: 1 },
  });
  const { id, report } = await run(host, world.request('sync', options));
  assert.equal(report.status, 'done', `${report.cause}: ${report.message}`);
  // What others took away before it was listed is nobody's loss.
  const isExcluded = (key: string) => takenAway.has(key);
  await proveNothingLost({ world, before, host, id, options, meanwhile, isExcluded });
  const after = await snapshotOf(world);
  for (const [key, body] of byHand) {
    const standing = after.destination.get(key);
    if (body !== undefined && (options.onDifferent ?? 'keep') === 'keep')
      assert.ok(standing?.equals(body), `"${key}", put on the destination by hand, was overwritten`);
  }
  const arrived = [...after.destination.keys()].filter((key) => !before.destination.has(key) && !byHand.has(key));
  const mayHaveBeenCopied = arrived.length + [...byHand.keys()].length;
  assert.ok(report.outcomes.copied.count <= mayHaveBeenCopied, `${report.outcomes.copied.count} are called copied`);
  if (world.destination.bucket) {
    const created = world.destination.bucket.history.filter(({ by, before: was }) => by === 'request' && !was).length;
    assert.equal(report.outcomes.copied.count, created, 'as many were created as are called copied');
  }
  await host.close();
  await removeInTheWay(world);
  await proveRerunCompletes({ world, before: await snapshotOf(world), options });
  return fault.calls();
};

/** A copied file that is a folder on the source by now: only a person can decide, and until then what is in it is `failed(occupiedByFile)`. */
const removeInTheWay = async ({ source, destination }: World): Promise<void> => {
  if (destination.bucket) return;
  const there = await destination.keys();
  for (const key of await source.keys())
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1))
      if (there.has(key.slice(0, end))) await destination.remove(key.slice(0, end));
};

const QUIET: Case = { n: -1, when: 'before', change: '', options: { minAgeMs: 0 }, dated: 'now' };

test('only the version that was looked at is replaced, whatever its size and time', async (t) => {
  for (const stores of STORES) {
    const world = await givenWorld(t, { stores });
    await fill(world);
    const KEY = 'cam1/other.jpg';
    // Looked at already, not written yet: by hand another picture of the same size, dated as the one before.
    const isWrite = ({ port, method, about }: Effect) =>
      port === 'destination' && about.endsWith(KEY) && ['write', 'PutObject', 'CopyObject'].includes(method);
    let acted = false;
    const around: Around = async (effect, go) => {
      if (isWrite(effect) && !acted) {
        acted = true;
        await world.destination.put(KEY, 'ANOTHER');
      }
      return go();
    };
    const host = await world.host({ around: (ports) => through(ports, around), numbers: { RoundsThatCopy: 1 } });
    const { report } = await run(host, world.request('sync', { onDifferent: 'overwrite' }));
    assert.ok(acted, stores);
    assert.equal(String((await world.destination.content()).get(KEY)), 'ANOTHER', stores);
    assert.deepEqual(report.reasons, { changedOnDestination: 1 });
    assert.equal(report.remaining?.count, 1);
  }
});

describe('pictures appear, change, shrink and vanish at any point', () => {
  const how =
    'by others, on either side, just before, just after or within the n-th call of a store, dated now or years ago';
  for (const stores of STORES) {
    test(stores, async (t) => {
      const calls = await migrate(t, stores, QUIET);
      const all = Object.keys(CHANGES).flatMap((change, c) =>
        Array.from({ length: calls }, (_, n) => n).flatMap((n) =>
          (['before', 'after', 'within the body of'] as const).flatMap((when, w) =>
            (['now', 'long ago'] as const).map((dated, d): Case => {
              const onDifferent = (['keep', 'overwrite', 'newer'] as const)[(n + c + w + d) % 3]!;
              return { n, when, change, dated, options: { minAgeMs: 0, onDifferent } };
            }),
          ),
        ),
      );
      const cases = sampleOf(all, 24, STORES.indexOf(stores));
      let passed = 0;
      for (const one of cases) {
        const { n, when, change, dated, options } = one;
        await t.test(`one ${change} ${when} call ${n}, dated ${dated}, ${options.onDifferent}`, async (inner) => {
          await migrate(inner, stores, one);
          passed++;
        });
      }
      if (passed === cases.length) {
        const fault = 'pictures appear, change, shrink and vanish at any point';
        proved({ fault, how, stores, where: 'embedded', cases: passed });
      }
    });
  }
});
