// One case: a fault at one request of a migration, the proof, and a rerun without the fault.

import assert from 'node:assert/strict';
import type { Report } from '../../../lib/report/report.ts';
import type { Cleanup } from '../../support/cleanup.ts';
import { run } from '../../support/embedded-migration.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import type { World } from '../world.ts';
import { givenAlbum, hostOf, LIMITS, type Setting } from './album.ts';
import { type Fault, FOR_GOOD } from './answers.ts';
import { breakAt, mend, operationOf, recordTargets, type Target } from './requests.ts';

export interface Case {
  readonly setting: Setting;
  readonly fault: Fault;
  readonly target: Target;
}

/** Every request of a healthy migration: the same ones on every run, but for how often it lists. */
export const targetsOf = async (setting: Setting, context: Cleanup): Promise<readonly Target[]> => {
  const world = await givenAlbum(context, setting);
  const targets = recordTargets(world);
  const host = await hostOf(world);
  const { report } = await run(host, world.request());
  assert.equal(report.status, 'done', report.message);
  await host.close();
  return [...targets].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.turn - b.turn));
};

export const casesOf = (setting: Setting, targets: readonly Target[], faults: readonly Fault[]): Case[] =>
  faults.flatMap((fault) =>
    targets
      .filter(({ operation }) => fault.operations?.includes(operation) ?? true)
      .map((target) => ({ setting, fault, target })),
  );

export const proveCase = async ({ setting, fault, target }: Case, context: Cleanup): Promise<Report> => {
  const world = await givenAlbum(context, setting);
  const before = await snapshotOf(world);
  const nameless = namelessUploads(world);
  const wasMet = breakAt(world, target, fault.span, (request, next) => nameless.watch(request, next, fault.breaking));
  const host = await hostOf(world);
  const { id } = await run(host, world.request());
  const report = await proveNothingLost({ world, before, host, id });
  await host.close();
  const earlier = earlierThan(target);
  if (!wasMet() && earlier) return proveCase({ setting, fault, target: earlier }, context);
  assert.ok(wasMet(), 'the fault met its request');
  mend(world);
  nameless.remove();
  // Nor can they be given back to a service that does not answer any more.
  if (fault.span === FOR_GOOD) world.destination.bucket?.uploads.clear();
  await proveRerunCompletes({ world, before }, { limits: LIMITS });
  return report;
};

/** A run whose ranges are cut elsewhere may list less often than the one whose requests were noted. */
export const earlierThan = (target: Target): Target | undefined =>
  target.operation === 'List' && target.turn > 0 ? { ...target, turn: target.turn - 1 } : undefined;

/** Uploads whose id never arrived: nobody but the bucket's lifecycle rule can know of them. */
const namelessUploads = ({ destination }: World) => {
  const uploads = destination.bucket?.uploads;
  const nameless: string[] = [];
  const watch = (
    request: Parameters<Fault['breaking']>[0],
    next: Parameters<Fault['breaking']>[1],
    breaking: Fault['breaking'],
  ) => {
    if (operationOf(request) !== 'CreateUpload' || uploads === undefined) return breaking(request, next);
    const known = new Set(uploads.keys());
    const reply = breaking(request, next);
    nameless.push(...[...uploads.keys()].filter((id) => !known.has(id)));
    return reply;
  };
  return { watch, remove: () => nameless.forEach((id) => void uploads?.delete(id)) };
};
