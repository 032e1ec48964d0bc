// Without any fault the proof holds, and it can fail: what all other fault tests rest on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pictures, run } from '../support/embedded-migration.ts';
import { STORES } from './ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from './proof.ts';
import { givenWorld, type World } from './world.ts';

const fill = async ({ source, destination }: World): Promise<void> => {
  const all = Object.entries(pictures(12));
  for (const [key, content] of all) await source.put(key, content);
  for (const [key, content] of all.slice(0, 3)) await destination.put(key, content);
  await source.put('cam1/other.jpg', 'one');
  await destination.put('cam1/other.jpg', 'another');
  await destination.put('cam2/only-there.jpg', 'there');
};

describe('without a fault', () => {
  for (const stores of STORES) {
    test(`${stores}: everything arrives, and the proof says so`, async (t) => {
      const world = await givenWorld(t, { stores, pageSize: 3 });
      await fill(world);
      const before = await snapshotOf(world);
      const host = await world.host();
      const { id, report } = await run(host, world.request());
      assert.equal(report.status, 'done', report.message);
      assert.equal((await proveNothingLost({ world, before, host, id })).outcomes.copied.count, 9);
      await host.close();
      await proveRerunCompletes({ world, before });
    });
  }

  for (const [what, harm] of [
    ['a picture that is gone', ({ destination }) => destination.remove('cam2/only-there.jpg')],
    [
      'a picture that is missing from every list',
      async ({ destination }) => {
        const [key] = [...(await destination.content()).keys()].filter((one) => one.startsWith('cam1/pictures'));
        await destination.remove(key!);
      },
    ],
    [
      'a picture that is cut short',
      ({ destination }) => destination.put('cam1/pictures/20260101/20260101050000.jpg', 'cam1'),
    ],
    ['a picture that was overwritten', ({ destination }) => destination.put('cam1/other.jpg', 'one')],
    ['a source that was written to', ({ source }) => source.put('cam1/other.jpg', 'two')],
  ] as readonly (readonly [string, (world: World) => Promise<unknown>])[]) {
    test(`the proof sees ${what}`, async (t) => {
      const world = await givenWorld(t, { stores: 'S3 → folder' });
      await fill(world);
      const before = await snapshotOf(world);
      const host = await world.host();
      const { id } = await run(host, world.request());
      await harm(world);
      await assert.rejects(proveNothingLost({ world, before, host, id }), { name: 'AssertionError' });
    });
  }
});
