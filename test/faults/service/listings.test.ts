// Listings that are cut, disordered, repeating or ending early: never "missing", never "nothing missing".

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cleanup } from '../../support/cleanup.ts';
import { run } from '../../support/embedded-migration.ts';
import { chosen, eachCase } from '../kill/cases.ts';
import { proved, STORES } from '../ledger.ts';
import { proveNothingLost, provePicturesUnharmed, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenAlbum, hostOf, LIMITS, settingsOf } from './album.ts';
import { BELIEVED, EMPTY_FOR_EVER, FULL_PAGE, NOTICED } from './listings.ts';
import { type Case, casesOf, earlierThan, proveCase, targetsOf } from './prove.ts';
import { breakAt, mend, servicesOf } from './requests.ts';

const SETTINGS = settingsOf(STORES.slice(1));

describe('listings', { timeout: 3_600_000 }, () => {
  for (const setting of SETTINGS) {
    const { stores, createOnly = '' } = setting;
    test(`${stores} ${createOnly}: what cannot be trusted is refused, or does no harm`, async (t) => {
      const cases = chosen(casesOf(setting, await targetsOf(setting, t), NOTICED), 15);
      const count = await eachCase(cases, async (one, _index, context) => void (await proveCase(one, context)));
      proved({
        fault: 'listings cut, disordered, repeating, without an end',
        how: 'a page of a listing, each in turn, cut in the middle, reversed, with entries twice or from elsewhere, with the same token, without one, of empty pages for ever, without sizes or times or dates',
        stores,
        where: 'embedded',
        cases: count,
      });
    });

    test(`${stores} ${createOnly}: what has to be believed harms nothing`, async (t) => {
      const cases = chosen(casesOf(setting, await targetsOf(setting, t), BELIEVED), 6);
      const count = await eachCase(cases, proveBelieved);
      proved({
        fault:
          'listings that end early or hide pictures without saying so (nobody can tell: nothing is harmed, the rerun completes)',
        how: 'a page of a listing, each in turn, that says it is the last, hides an entry, shows one that is gone, or tells other sizes and times',
        stores,
        where: 'embedded',
        cases: count,
      });
    });

    test(`${stores} ${createOnly}: a service that knows no pages is seen through`, async (t) => {
      const world = await givenAlbum(t, setting);
      const before = await snapshotOf(world);
      for (const [, service] of servicesOf(world))
        service.around = (request, next) => FULL_PAGE.breaking(request, next);
      const host = await hostOf(world);
      const { id, report } = await run(host, world.request());
      assert.equal(report.status, 'failed');
      assert.equal(report.cause, 'IncompleteListing');
      await proveNothingLost({ world, before, host, id });
      await host.close();
      mend(world);
      await proveRerunCompletes({ world, before }, { limits: LIMITS });
    });
  }

  // Once: a thousand pages take their time.
  test('empty pages for ever are given up', async (t) => {
    const setting = { stores: 'S3 → folder' } as const;
    const target = (await targetsOf(setting, t)).find(({ operation }) => operation === 'List');
    const report = await proveCase({ setting, fault: EMPTY_FOR_EVER, target: target! }, t);
    assert.equal(report.cause, 'IncompleteListing');
  });
});

/** Its figures are as wrong as what it was told; nothing that stands anywhere is. */
const proveBelieved = async ({ setting, fault, target }: Case, index: number, context: Cleanup): Promise<void> => {
  const world = await givenAlbum(context, setting);
  const before = await snapshotOf(world);
  const wasMet = breakAt(world, target, fault.span, fault.breaking);
  const host = await hostOf(world);
  await run(host, world.request());
  provePicturesUnharmed({ world, before }, await snapshotOf(world));
  await host.close();
  const earlier = earlierThan(target);
  if (!wasMet() && earlier) return proveBelieved({ setting, fault, target: earlier }, index, context);
  assert.ok(wasMet(), 'the fault met its request');
  mend(world);
  await proveRerunCompletes({ world, before }, { limits: LIMITS });
};
