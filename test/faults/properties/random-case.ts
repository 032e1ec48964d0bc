// Random cases: keys that collide interestingly, few pictures, many options, few faults.
import fc from 'fast-check';
import type { Stores } from '../ledger.ts';
import { AGES, CALL_FAULTS, type Case, type Fault, type Picture, type Place, S3_FAULTS, YEAR } from './case.ts';

const DAY = 'cam1/pictures/20260101';
/** Every store takes these. */
const KEYS = [
  ...[`${DAY}/20260101000000.jpg`, `${DAY}/20260101003000.jpg`, `${DAY}/20260101003000.CR2`, `${DAY}-x.jpg`],
  ...['cam1/pictures/raw/20260101/20260101000000.jpg', 'cam1/pictures/20251231/20251231235959.jpg'],
  ...['cam10/pictures/20260101/20260101000000.jpg', 'cam10/pictures/20260102/20260102120000.jpeg', 'cam10'],
  ...[
    'cam1',
    'cam1.jpg',
    'cam1-loose.jpg',
    'cam1/loose.JPG',
    'cam1/',
    'cam10/',
    'cam1/raw/',
    'cam1/raw/x.jpg',
    'RAW/x.nef',
  ],
  ...[
    'cam1/pictures/99999999/20269999999999.jpg',
    'a/b/c/d/e.jpg',
    'a/b.jpg',
    'a/b',
    'a',
    'a/',
    'é.jpg',
    'e\u0301.jpg',
  ],
  ...['\uff21.jpg', '\u{1f4f7}.jpg', '\u{1f4f7}/\ue000.jpg', '\ue000/\u{1f4f7}.jpg', '\uffff', '\u{10ffff}'],
  ...['a+b c%2F#?&=.jpg', 'line\nbreak.jpg', 'tab\t\u0001.jpg', 'back\\slash.jpg', '<b>&amp;"\'.jpg', ' lead', 'dot.'],
  ...['.hidden', '-dash', '~', '[1]{2}*.jpg', '.picferrys/x.jpg', 'x'.repeat(255), 'a/.picferry/x.jpg', '__proto__'],
];
/** A folder takes none of these. */
const S3_KEYS = [
  'a//b.jpg',
  '/a.jpg',
  'a/../b.jpg',
  './a.jpg',
  '.picferry/x.jpg',
  'x'.repeat(256),
  '..',
  '//b',
  'a/\u0001/',
];
const GLOBS = [
  ...['*.jpg', '*', 'cam1/', 'cam1*', '**/raw/', 'cam1/**', 'cam1/*', '{cam1,a}/**', '?.jpg', '**/*.{jpg,CR2}', 'a/b'],
  ...[
    '*/',
    '**',
    '[a-d]*',
    '[!a]',
    'cam?/',
    'cam1/pictures/*/*',
    '\\*',
    '*\\[1\\]*',
    '.*',
    '**/b*',
    'e?.jpg',
    '?',
    'cam1/',
  ],
];

const bytes = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 6 }) }, fc.constantFrom(17, 40));
const content = fc.constantFrom('a', 'b');
const ageMs = fc.constantFrom(...AGES);
/** Once in so many times. */
const maybe = <T>(one: fc.Arbitrary<T>, times = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });
const mostly = <T>(one: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> =>
  fc.option(one, { nil: undefined, freq: times });
const without = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const onFolder: fc.Arbitrary<Picture> = fc.record({ bytes, content, ageMs });
const onS3 = fc
  .record({
    ...{ bytes, content, ageMs },
    storage: maybe(fc.constantFrom('GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR', 'restored', 'expired'), 8),
    etag: maybe(fc.constantFrom('kms', 'parts'), 6),
    madeMs: maybe(ageMs),
    tag: maybe(fc.constantFrom('x', 'ü &=+/', ''), 6),
  })
  .map(without) as fc.Arbitrary<Picture>;

const isMarker = (key: string): boolean => key.endsWith('/');

/** Markers are empty where a folder is on either side. */
const pictureAt = (picture: Picture | undefined, key: string, stores: Stores): Picture | undefined =>
  picture && isMarker(key) && stores.includes('folder') ? { ...picture, bytes: 0 } : picture;

const pathOf = (key: string): string => key.replace(/\/$/, '');

/** Two names that no folder holds together. */
const collide = (a: string, b: string): boolean =>
  pathOf(a) === pathOf(b) || (!isMarker(a) && b.startsWith(`${a}/`)) || (!isMarker(b) && a.startsWith(`${b}/`));

const placesFor = (stores: Stores): fc.Arbitrary<Place[]> => {
  const [from, to] = stores.split(' → ');
  const sides = fc.record({
    key: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...KEYS) }, fc.constantFrom(...S3_KEYS)),
    source: mostly(from === 'folder' ? onFolder : onS3, 5),
    destination: mostly(to === 'folder' ? onFolder : onS3, 2),
  });
  return fc.uniqueArray(sides, { maxLength: 14, selector: ({ key }) => key }).map((some) => {
    const held = { source: [] as string[], destination: [] as string[] };
    const fits = (side: 'source' | 'destination', key: string): boolean => {
      const isFolder = (side === 'source' ? from : to) === 'folder';
      if (isFolder && S3_KEYS.includes(key)) return false;
      if ((isFolder || to === 'folder') && held[side].some((one) => collide(one, key))) return false;
      held[side].push(key);
      return true;
    };
    return some.flatMap(({ key, source, destination }) => {
      const place = without({
        key,
        source: source && fits('source', key) ? pictureAt(source, key, stores) : undefined,
        destination: destination && fits('destination', key) ? pictureAt(destination, key, stores) : undefined,
      });
      return place.source || place.destination ? [place as Place] : [];
    });
  });
};

const globs = fc.uniqueArray(fc.constantFrom(...GLOBS), { maxLength: 2 });
const often = <T>(usual: T, one: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, one);
const bound = maybe(fc.constantFrom(4 * YEAR, YEAR, 60_000), 9);
const options = fc
  .record({
    include: often<string[]>([], globs),
    exclude: often<string[]>([], globs),
    modifiedAfterMs: bound,
    modifiedBeforeMs: bound,
    capturedAfter: maybe(fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:30:00+01:00'), 9),
    capturedBefore: maybe(fc.constantFrom('2026-01-01T00:30:00Z', '2026-01-02T00:00:00Z'), 9),
    minAgeMs: maybe(fc.constantFrom(0, 3_600_000)),
    checksum: fc.boolean(),
    onDifferent: fc.constantFrom('keep', 'overwrite', 'newer'),
    order: fc.constantFrom('newest', 'oldest'),
    concurrency: maybe(fc.integer({ min: 1, max: 3 })),
    storageClass: maybe(fc.constant('STANDARD_IA'), 9),
    tags: often(true, fc.constant(false)),
  })
  .map(without) as fc.Arbitrary<Case['options']>;

const limits = fc.record({
  shardEntries: fc.integer({ min: 1, max: 4 }),
  planDepth: fc.integer({ min: 0, max: 4 }),
  planDepthBetweenS3: fc.integer({ min: 0, max: 4 }),
  nearPageMs: fc.constantFrom(0, 40),
  planRequests: fc.constantFrom(0, 2, 5, 2_000),
  planTasks: fc.constantFrom(1, 2, 1_000),
  rangesPerTask: fc.integer({ min: 1, max: 4 }),
  listStreams: fc.constantFrom(1, 2, 8),
  copiesPerShard: fc.constantFrom(1, 1, 2, 4),
  maxCopyItems: fc.constantFrom(1, 2, 40_000),
  copyObjectMaxBytes: fc.constantFrom(16, 1_000),
  partSizeBytes: fc.constantFrom(5, 16, 1_000),
  commitEveryMs: fc.constantFrom(8, 1_000_000),
});

/** A whole migration makes some 50 to 200 calls, and half as many requests. */
const at = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 25 }) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 200 }) },
);
const faultsOn = (stores: Stores, places: readonly Place[]): fc.Arbitrary<Fault[]> => {
  const onCall: fc.Arbitrary<Fault> = fc.record({
    kind: fc.constant('call'),
    at,
    what: fc.constantFrom(...CALL_FAULTS),
  });
  const onRequest: fc.Arbitrary<Fault> = fc.record({
    kind: fc.constant('S3'),
    at,
    what: fc.constantFrom(...S3_FAULTS),
  });
  const keysOn = (isFolder: boolean) =>
    places.map(({ key }) => key).filter((key) => !isMarker(key) && !(isFolder && S3_KEYS.includes(key)));
  const moveOn = (side: 'source' | 'destination'): fc.Arbitrary<Fault>[] => {
    const isFolder = stores.split(' → ')[side === 'source' ? 0 : 1] === 'folder';
    const keys = keysOn(isFolder);
    if (keys.length === 0) return [];
    const to = fc.option((isFolder ? onFolder : onS3) as fc.Arbitrary<Picture>, { nil: null, freq: 3 });
    return [fc.record({ kind: fc.constant('move'), at, side: fc.constant(side), key: fc.constantFrom(...keys), to })];
  };
  const moves = [...moveOn('source'), ...moveOn('destination')];
  const kinds = [onCall, ...(stores === 'folder → folder' ? [] : [onRequest, onRequest]), ...moves];
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Fault[]>([]) },
    { weight: 3, arbitrary: fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 4 }) },
  );
};

export const cases = (stores: Stores): fc.Arbitrary<Case> =>
  placesFor(stores).chain((places) =>
    fc
      .record({
        ...{ stores: fc.constant(stores), places: fc.constant(places), options, limits },
        createOnly: often<'native' | 'headFirst'>('native', fc.constant('headFirst')),
        pageSize: fc.constantFrom(1, 2, 3, 1_000),
        mode: often<'check' | 'sync'>('sync', fc.constant('check')),
        from: maybe(fc.constantFrom('missing', 'failed'), 6),
        thenFrom: maybe(fc.constantFrom('missing', 'failed')),
        atOnce: fc.constantFrom(1, 1, 4),
        deployed: fc.boolean(),
        handOnAfter: maybe(fc.constantFrom(9, 15, 40)),
        faults: faultsOn(stores, places),
      })
      .map(without),
  ) as fc.Arbitrary<Case>;
