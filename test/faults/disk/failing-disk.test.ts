// A disk that is full or fails at any write, once or from then on: the report stays true, the pair gets free, a rerun completes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostPorts } from '../../../lib/embedded/host.ts';
import { hasEnded, listMigrations } from '../../../lib/workflow/record.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import { proveAftermath } from '../kill/aftermath.ts';
import { chosen, eachCase } from '../kill/cases.ts';
import { ASKED, givenPair } from '../kill/killed.ts';
import { SMALL } from '../kill/small.ts';
import { proved, type Stores } from '../ledger.ts';
import { snapshotOf } from '../proof.ts';
import type { World } from '../world.ts';
import { type DiskError, type DiskFault, failingDisk } from './failing-disk.ts';

const disk = await failingDisk();

/** No process has this number: whoever comes later finds its locks to be a dead one's. */
const ANOTHER_PROCESS = '999999999/0';
const asAnotherProcess = (ports: HostPorts): HostPorts => ({
  ...ports,
  liveness: { mine: ANOTHER_PROCESS, isDead: async (holder) => holder !== ANOTHER_PROCESS },
});

/** `goesOn`: when there is room again, the process that met the fault lives still and settles what it could not. */
const syncWith = async (world: World, fault: DiskFault | undefined, goesOn: boolean) => {
  disk.breaks(fault);
  let met: ReturnType<typeof disk.mends>;
  const host = await world.host({ limits: SMALL, around: asAnotherProcess }).catch(() => undefined);
  if (host === undefined) return disk.mends();
  const started = await startMigration(world.request('sync', ASKED), host).catch(() => undefined);
  if (started?.kind === 'started') await host.executions.finished(started.id);
  if (goesOn) {
    met = disk.mends();
    await host.settleLeft();
    for (const { id, status } of await listMigrations(host.records, { limit: 5 })) {
      assert.ok(hasEnded(status), `${id} is ${status} in a process that lives and has room again`);
    }
    await host.close();
  } else {
    await host.close();
    met = disk.mends();
  }
  return met;
};

const ERRORS: readonly DiskError[] = ['ENOSPC', 'EIO', 'EDQUOT', 'ENOSPC', 'EMFILE'];
const ROWS: readonly { readonly stores: Stores; readonly cases: number }[] = [
  { stores: 'folder → folder', cases: 70 },
  { stores: 'folder → S3', cases: 16 },
  { stores: 'S3 → folder', cases: 24 },
];

describe('the disk is full or fails at any write', { timeout: 3_600_000 }, () => {
  for (const { stores, cases } of ROWS) {
    test(stores, async (t) => {
      const { calls } = await syncWith(await givenPair(t, stores), undefined, true);
      const faults: readonly DiskFault[] = Array.from({ length: calls }, (_, i) => i + 1).flatMap((nth) => [
        { nth, forGood: false, error: ERRORS[nth % ERRORS.length] as DiskError },
        { nth, forGood: true, error: ERRORS[(nth + 1) % ERRORS.length] as DiskError },
        { nth, forGood: false, error: 'EIO' as const, isDone: true },
      ]);
      const prove = async (fault: DiskFault, index: number, context: Parameters<typeof givenPair>[0]) => {
        const world = await givenPair(context, stores);
        const before = await snapshotOf(world);
        const { failed } = await syncWith(world, fault, index % 3 === 0);
        // Fewer files are opened than things are written.
        assert.ok(failed > 0 || fault.error === 'EMFILE' || fault.nth > calls / 2, 'the fault was met');
        await proveAftermath({ world, before, looksFirst: index % 2 === 0, mayFail: true });
      };
      const fault = 'the disk is full or fails at any write';
      const how =
        'file, link, rename and SQLite calls of a host fail with ENOSPC, EDQUOT, EIO or EMFILE, data half written: the n-th one (also after it has taken effect), or all from there on';
      const count = await eachCase(chosen(faults, cases), prove, 1);
      proved({ fault, how, stores, where: 'embedded', cases: count });
    });
  }
});
