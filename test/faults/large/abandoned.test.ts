// Uploads of invocations that died: written down before their first part, so that a successor goes on or Settle gives them back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EmbeddedHost, HostPorts } from '../../../lib/embedded/host.ts';
import { readMigration } from '../../../lib/workflow/record.ts';
import { settle } from '../../../lib/workflow/settle.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import type { SeenRequest } from '../../support/scripted-s3.ts';
import { instead } from '../instead.ts';
import { proved, type Stores } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld, type World } from '../world.ts';

const SMALL = { copyObjectMaxBytes: 1_000, partSizeBytes: 1_000 };
const isPart = ({ method, query }: SeenRequest): boolean => method === 'PUT' && query.has('partNumber');

/** Runs until the destination has been asked for its n-th part; from then on the process touches nothing any more. */
const diesAtPart = async (world: World, n: number): Promise<{ host: EmbeddedHost; id: string }> => {
  const died = Promise.withResolvers<void>();
  let isDead = false;
  let asked = 0;
  const unlessDead = <T>(work: () => T): T => {
    if (isDead) throw new Error('a dead process does nothing');
    return work();
  };
  world.destination.service!.around = async (request, next) => {
    if (isPart(request) && ++asked >= n) {
      isDead = true;
      died.resolve();
    }
    return isDead ? { reset: true } : next();
  };
  const around = (ports: HostPorts): HostPorts => ({
    ...ports,
    records: instead(ports.records, { put: async (...all) => unlessDead(() => ports.records.put(...all)) }),
    files: instead(ports.files, { write: async (...all) => unlessDead(() => ports.files.write(...all)) }),
  });
  const host = await world.host({ limits: SMALL, around });
  const started = await startMigration(world.request(), host);
  assert.equal(started.kind, 'started');
  await died.promise;
  return { host, id: (started as { id: string }).id };
};

const ROUTES: readonly Stores[] = ['folder → S3', 'S3 → S3', 'S3 → another S3'];

describe('the upload of a process that died', { timeout: 60_000 }, () => {
  for (const stores of ROUTES) {
    test(`${stores}: is given back by whoever settles its migration`, async (t) => {
      let cases = 0;
      for (const part of [1, 2, 5, 9]) {
        const world = await givenWorld(t, { stores, ...SMALL });
        await world.source.put('cam1/large.mp4', Buffer.alloc(9_000, 'x'));
        const before = await snapshotOf(world);
        const { id } = await diesAtPart(world, part);
        assert.equal((await world.destination.leftovers()).length, 1, 'an upload is under way');
        world.destination.service!.around = undefined;
        // Another process looks: the one that held the lock is gone.
        const looking = await world.host({
          around: (ports) => ({ ...ports, liveness: { mine: 'another', isDead: async () => true } }),
        });
        await settle(id, looking);
        assert.equal((await readMigration(looking.records, id))?.cause, 'killed');
        assert.deepEqual(await world.destination.leftovers(), []);
        const report = await proveNothingLost({ world, before, host: looking, id });
        assert.equal(report.reasons.stepBroke, 1);
        await proveRerunCompletes({ world, before });
        cases++;
      }
      const how = 'the process dies at part 1, 2, 5 or 9; whoever settles its migration finds the upload in its commit';
      proved({ fault: 'uploads that nobody completes', how, stores, where: 'embedded', cases });
    });
  }
});
