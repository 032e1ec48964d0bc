// A process that falls asleep at a write (SIGSTOP, a laptop's lid): it keeps its lock, can be cancelled, killed, and woken.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelRequested } from '../../../lib/api/cancel.ts';
import type { EmbeddedHost } from '../../../lib/embedded/host.ts';
import { listMigrations } from '../../../lib/workflow/record.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import { type Running, resultIn } from '../../support/picferry.ts';
import { proved } from '../ledger.ts';
import { snapshotOf } from '../proof.ts';
import { proveAftermath } from './aftermath.ts';
import { chosen, eachCase, isSeen } from './cases.ts';
import { ASKED, givenPair, type NamedPoint, pointsOf, SYNC, start } from './killed.ts';
import { SMALL } from './small.ts';

const STORES = 'folder → folder';

const untilAsleep = async ({ process: { pid, exitCode }, ended }: Running): Promise<void> => {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (/\) T /.test(stat)) return;
    if (stat === '' || exitCode !== null) throw new Error(`It never fell asleep: ${JSON.stringify(await ended)}`);
    await sleep(10);
  }
};

type Fate = 'woken' | 'cancelled and woken' | 'cancelled and killed';
const FATES: readonly Fate[] = ['woken', 'cancelled and woken', 'cancelled and killed'];

/** Whoever sleeps with SQLite's write lock keeps everybody waiting: that is not looked into here. */
const mayRest = ({ call, moment }: NamedPoint): boolean => moment === 'after' && !/^sqlite (BEGIN|INSERT)/.test(call);

describe('asleep at any write', { timeout: 3_600_000, skip: process.platform !== 'linux' }, () => {
  test('nobody else may start; a cancel holds however it goes on', async (t) => {
    const points = await pointsOf(async () => ({ world: await givenPair(t, STORES), args: SYNC }));
    const begun = points.slice(points.findIndex(({ call }) => call.includes('request.json')));
    const candidates = begun.filter((point) => isSeen(point) && mayRest(point));
    const cases = await eachCase(chosen(candidates, 18), async (at, index, context) => {
      const fate = FATES[index % FATES.length] as Fate;
      const world = await givenPair(context, STORES);
      const before = await snapshotOf(world);
      const running = start(world, SYNC, { at, signal: 'SIGSTOP' });
      await untilAsleep(running);
      const host = await world.host({ limits: SMALL });
      const ended = await withSleeper(host, world.request('sync', ASKED), fate, running);
      await host.close();
      if (fate === 'woken') assert.equal(ended?.status, 'done');
      if (fate === 'cancelled and woken')
        assert.ok(ended?.status === 'cancelled' || ended?.status === 'done', ended?.status);
      await proveAftermath({ world, before, looksFirst: index % 2 === 0 });
    });
    proved({
      fault: 'the process falls asleep at any write, and is woken, cancelled or killed',
      how: 'picferry sync stops itself (SIGSTOP) after one of its writes; others try to start, cancel it, wake it or kill it',
      stores: STORES,
      where: 'processes of their own',
      cases,
    });
  });
});

const withSleeper = async (
  host: EmbeddedHost,
  request: Parameters<typeof startMigration>[0],
  fate: Fate,
  { process: sleeper, ended }: Running,
) => {
  const [record] = await listMigrations(host.records, { limit: 1 });
  assert.ok(record);
  if (record.status === 'running') {
    assert.deepEqual(await startMigration(request, host), { kind: 'busy', id: record.id }, 'it keeps its lock');
  }
  if (fate !== 'woken') await cancelRequested(record.id, host);
  sleeper.kill(fate === 'cancelled and killed' ? 'SIGKILL' : 'SIGCONT');
  const ran = await ended;
  return ran.signal === null ? resultIn(ran) : undefined;
};
