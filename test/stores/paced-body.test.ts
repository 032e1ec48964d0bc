// Bodies that are held back: the same bytes, no faster than allowed, and every error where it was.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { openFolderStore } from '../../lib/stores/folder/store.ts';
import { Pace, type PaceLimits } from '../../lib/stores/pace.ts';
import { pacedPicture } from '../../lib/stores/paced-body.ts';
import type { OpenPicture } from '../../lib/stores/store.ts';
import { openStreamRoute } from '../../lib/stores/stream-copy.ts';
import { harvest, plant, scratchFolder } from '../support/scratch.ts';
import { errorReply, inTurn, PLENTY, scriptedS3 } from '../support/scripted-s3.ts';

/** A clock that stands still but for what is waited for. */
const given = (limits: PaceLimits) => {
  let now = 0;
  const wait = async (ms: number): Promise<void> => {
    now += ms;
  };
  const pace = new Pace({ now: () => now, wait });
  pace.limit(limits);
  return { pace, now: () => now };
};

const opened = (body: Readable, size: number): OpenPicture => ({
  facts: { size, modifiedAt: 1_719_835_200_000, metadata: {} },
  body,
  unchanged: async () => true,
});

describe('a picture that is held back', () => {
  test('has all its bytes, in the time they may take', async () => {
    const chunks = Array.from({ length: 10 }, (_, i) => Buffer.alloc(1_000, i));
    const { pace, now } = given({ bytesPerSecond: 1_000 });
    const picture = pacedPicture(opened(Readable.from(chunks), 10_000), pace);
    const read: Buffer[] = [];
    for await (const chunk of picture.body as AsyncIterable<Buffer>) read.push(chunk);
    assert.deepEqual(Buffer.concat(read), Buffer.concat(chunks));
    // The first one at once, and a tenth of a second may be made up for.
    assert.ok(now() >= 8_900 && now() <= 9_000 + read.length, `${now()} ms`);
    assert.equal(await picture.unchanged(), true);
  });

  test('without a byte ends as well', async () => {
    const picture = pacedPicture(opened(Readable.from([]), 0), given({ bytesPerSecond: 1 }).pace);
    assert.deepEqual(await picture.body.toArray(), []);
  });

  test('breaks off as its source does', async () => {
    const cut = new Error('connection reset');
    const source = Readable.from(
      (function* () {
        yield Buffer.from('a');
        throw cut;
      })(),
    );
    const { body } = pacedPicture(opened(source, 2), given({ bytesPerSecond: 1_000 }).pace);
    await assert.rejects(body.toArray(), (error) => error === cut);
    assert.equal(body.errored, cut);
  });

  test('lets go of its source when nobody reads on', async () => {
    const source = Readable.from([Buffer.from('a'), Buffer.from('b')]);
    const { body } = pacedPicture(opened(source, 2), given({ bytesPerSecond: 1_000 }).pace);
    body.destroy();
    await new Promise((closed) => void source.once('close', closed));
    assert.equal(source.destroyed, true);
  });
});

describe('with --bwlimit', () => {
  const copying = async (t: TestContext, size: number, limits: PaceLimits) => {
    const [source, destination] = [await scratchFolder(t), await scratchFolder(t)];
    const pictures = { 'cam1/a.jpg': 'x'.repeat(size) };
    await plant(source, pictures);
    const open = (path: string) => openFolderStore({ type: 'folder', path }, { missingIsEmpty: true });
    const [from, to] = [await open(source), await open(destination)];
    const { pace, now } = given(limits);
    const route = openStreamRoute(from, to, { sameService: false, tags: true, memory: PLENTY, pace });
    const { outcome } = await route.copy(
      { key: 'cam1/a.jpg', size },
      { action: 'create', listedAt: Date.now() + 60_000 },
    );
    await to.close();
    return {
      outcome,
      now: now(),
      isThere: (await harvest(destination))[join('cam1', 'a.jpg')] === pictures['cam1/a.jpg'],
    };
  };

  test('a picture goes from folder to folder at that speed', async (t) => {
    const { outcome, now, isThere } = await copying(t, 1_048_576, { bytesPerSecond: 262_144 });
    assert.deepEqual({ outcome, isThere }, { outcome: 'copied', isThere: true });
    // In chunks of 256 KiB: the last one begins after three of them, less what may be made up for.
    assert.ok(now >= 2_900 && now <= 4_000, `${now} ms`);
  });

  test('and waits for nothing without it', async (t) => {
    const { outcome, now } = await copying(t, 1_048_576, { requestsPerSecond: 1, writesPerSecond: 1 });
    assert.deepEqual({ outcome, now }, { outcome: 'copied', now: 0 });
  });

  const CONTENT = Buffer.alloc(200_000, 'pictures ');

  test('an upload is sent at that speed, its length said beforehand, and whole again when it is repeated', async () => {
    const { pace, now } = given({ bytesPerSecond: 100_000 });
    await using s3 = await scriptedS3(inTurn(errorReply(503, 'SlowDown'), { headers: { etag: '"x"' } }));
    const store = await s3.store({}, { pace });
    const picture = opened(Readable.from([CONTENT]), CONTENT.length);
    const result = await store.write('a', picture, { kind: 'create' }, { tags: true }, PLENTY);
    assert.deepEqual(result, { outcome: 'written' });
    assert.equal(s3.seen.length, 2);
    for (const { body, headers } of s3.seen) {
      assert.ok(body.equals(CONTENT));
      assert.equal(headers['content-length'], '200000');
      assert.equal(headers['transfer-encoding'], undefined);
    }
    // Twice 200,000 bytes in slices of 64 KiB: the last of them is sent after the others.
    assert.ok(now() >= 3_800 && now() <= 4_100, `${now()} ms`);
  });

  test('from a folder to a service pictures only wait to be sent: reading and sending never wait for each other', async (t) => {
    const folder = await scratchFolder(t);
    const content = 'x'.repeat(100_000);
    await plant(folder, { 'a.jpg': content, 'b.jpg': content });
    const from = await openFolderStore({ type: 'folder', path: folder }, { missingIsEmpty: false });
    const { pace, now } = given({ bytesPerSecond: 100_000 });
    await using s3 = await scriptedS3(inTurn({ headers: { etag: '"x"' } }));
    const route = openStreamRoute(from, await s3.store({}, { pace }), {
      sameService: false,
      tags: true,
      memory: PLENTY,
      pace,
    });
    for (const key of ['a.jpg', 'b.jpg']) {
      const { outcome } = await route.copy({ key, size: 100_000 }, { action: 'create', listedAt: Date.now() + 60_000 });
      assert.equal(outcome, 'copied');
    }
    // The last slice of 64 KiB of 200,000 bytes; read at that speed as well, it would be nearly twice as much.
    assert.ok(now() >= 1_500 && now() <= 1_700, `${now()} ms`);
  });

  test('what waits to be sent is given up with the migration, and nothing is tried again', async (t) => {
    const folder = await scratchFolder(t);
    await plant(folder, { 'a.jpg': 'picture' });
    const from = await openFolderStore({ type: 'folder', path: folder }, { missingIsEmpty: false });
    const forEver = Promise.withResolvers<void>();
    const waits = Promise.withResolvers<void>();
    const wait = (): Promise<void> => {
      waits.resolve();
      return forEver.promise;
    };
    const pace = new Pace({ now: () => 0, wait });
    pace.limit({ bytesPerSecond: 1 });
    pace.sending(1_000_000);
    await using s3 = await scriptedS3(inTurn({ headers: { etag: '"x"' } }));
    const route = openStreamRoute(from, await s3.store({}, { pace }), {
      sameService: false,
      tags: true,
      memory: PLENTY,
      pace,
    });
    const giveUp = new AbortController();
    const copying = route.copy(
      { key: 'a.jpg', size: 7 },
      { action: 'create', listedAt: Date.now() + 60_000, giveUp: giveUp.signal },
    );
    await waits.promise;
    giveUp.abort();
    assert.deepEqual(await copying, { outcome: 'givenUp' });
    assert.equal(s3.seen.length, 0);
  });
});
