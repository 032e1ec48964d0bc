// An S3 that means harm, on either side of a migration: nothing is lost, nothing misreported, no secret leaves, and it ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pictures, run } from '../../support/embedded-migration.ts';
import { type Reply, scriptedS3 } from '../../support/scripted-s3.ts';
import { proved, type Stores } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld, type World } from '../world.ts';
import { ATTACKS, type Attack } from './listings.ts';

const HOW =
  'an S3 answers listings with entity bombs, foreign and disordered keys, sizes that are none, hidden entries, endless pages, redirects and clocks of another age, and single pictures with markup, lies and codes of its own';

/** All attacks on one pair; of the others every so many of them, since the parser is the same. */
const CELLS: readonly (readonly [stores: Stores, attacked: 'source' | 'destination', every: number, from: number])[] = [
  ['S3 → folder', 'source', 1, 0],
  ['folder → S3', 'destination', 4, 0],
  ['S3 → another S3', 'destination', 4, 1],
  ['S3 → another S3', 'source', 4, 2],
  ['S3 → S3', 'source', 4, 3],
];

const fill = async ({ source, destination }: World): Promise<void> => {
  for (const [key, content] of Object.entries(pictures(9))) await source.put(key, content);
  for (const [key, content] of Object.entries(pictures(4))) await destination.put(key, content);
  await destination.put('cam0/only-there.jpg', 'there');
};

/** Every answer to a listing of the side's own bucket. */
const attack = (world: World, attacked: 'source' | 'destination', { answer }: Attack): void => {
  const { service, bucket } = world[attacked];
  assert.ok(service && bucket);
  let number = 0;
  service.around = (request, next) => {
    const said = next();
    const isListing = request.query.get('list-type') === '2' && request.path.startsWith(`/${bucket.name}`);
    return isListing ? answer(said, request, number++) : said;
  };
};

for (const [stores, attacked, every, from] of CELLS) {
  describe(`${stores}, the ${attacked} lists`, () => {
    for (const one of ATTACKS.filter((_, at) => at % every === from)) {
      test(one.what, async (t) => {
        const world = await givenWorld(t, { stores, maxAttempts: 2, pageSize: 1_000 });
        await fill(world);
        const before = await snapshotOf(world);
        attack(world, attacked, one);
        const host = await world.host();
        const { id, report } = await run(host, world.request());
        const after = await snapshotOf(world);
        await proveNothingLost({ world, before, host, id });
        assert.equal(report.status, one.isHarmless ? 'done' : 'failed', `${report.cause}: ${report.message}`);
        if (!one.isHarmless) {
          assert.match(report.cause ?? '', /^(IncompleteListing|StoreRefused|StoreUnavailable)$/, report.message);
          assert.equal(report.findings, undefined, 'nothing is claimed to have been found');
          assert.deepEqual([...after.destination.keys()], [...before.destination.keys()], 'nothing was copied');
        }
        await host.close();
        const { service } = world[attacked];
        if (service) service.around = undefined;
        await proveRerunCompletes({ world, before });
        proved({ fault: 'a hostile S3 server', how: HOW, stores, where: 'embedded', cases: 1 });
      });
    }
  });
}

const LIE = '<Error><Code>toString</Code><Message>$&amp;</Message></Error>';

/** What is said of single pictures, by the side they are read from or written to. */
const PICTURES: readonly (readonly [what: string, side: 'source' | 'destination', answer: (said: Reply) => Reply])[] = [
  ['a code of its own', 'source', () => ({ status: 400, body: LIE })],
  ['a code of its own', 'destination', () => ({ status: 400, body: LIE })],
  ['a body of another picture', 'source', (said) => ({ ...said, body: Buffer.alloc(String(said.body).length, 'x') })],
  [
    'a longer body',
    'source',
    (said) => ({ ...said, body: Buffer.concat([Buffer.from(said.body ?? ''), Buffer.alloc(9)]) }),
  ],
  ['no body', 'source', (said) => ({ ...said, body: '' })],
  ['an ETag with markup', 'destination', (said) => ({ ...said, headers: { ...said.headers, etag: '"<b>"&\'' } })],
  ['an error of 200 KB', 'source', () => ({ status: 403, body: `<Error><Code>${'A'.repeat(200_000)}</Code></Error>` })],
  [
    'headers of 100 KB',
    'source',
    (said) => ({ ...said, headers: { ...said.headers, 'x-amz-meta-a': 'a'.repeat(100_000) } }),
  ],
  ['a redirect', 'source', () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/stolen' } })],
];

describe('single pictures', () => {
  for (const [what, side, answer] of PICTURES) {
    const stores = side === 'source' ? 'S3 → folder' : 'folder → S3';
    test(`${what} from the ${side}`, async (t) => {
      const world = await givenWorld(t, { stores, maxAttempts: 2 });
      await fill(world);
      const before = await snapshotOf(world);
      const { service } = world[side];
      assert.ok(service);
      const isPicture = (path: string) => path.includes('20260101');
      service.around = ({ method, path }, next) =>
        isPicture(path) && method === (side === 'source' ? 'GET' : 'PUT') ? answer(next()) : next();
      const host = await world.host();
      const { id, report } = await run(host, world.request());
      assert.equal(report.status, 'done', report.message);
      await proveNothingLost({ world, before, host, id, meanwhile: { source: new Map(), destination: new Map() } });
      for (const reason of Object.keys(report.reasons)) assert.match(reason, /^[a-zA-Z]+$/);
      await host.close();
      service.around = undefined;
      await proveRerunCompletes({ world, before });
      proved({ fault: 'a hostile S3 server', how: HOW, stores, where: 'embedded', cases: 1 });
    });
  }
});

test('a redirect is never followed, whatever it carries: credentials go where they were meant for', async () => {
  await using elsewhere = await scriptedS3(() => ({ status: 200 }));
  for (const status of [301, 302, 303, 307, 308]) {
    const headers = { location: `${elsewhere.endpointUrl}/pictures/a`, 'x-amz-bucket-region': 'evil.example/' };
    await using there = await scriptedS3(() => ({ status, headers }));
    const store = await there.store({}, { maxAttempts: 2 });
    await assert.rejects(store.facts('a'));
    await assert.rejects(Array.fromAsync(store.list({ after: '', upTo: null })));
    assert.ok(there.seen.every(({ headers: sent }) => !sent.authorization?.includes('evil')));
  }
  assert.deepEqual(elsewhere.seen, []);
});
