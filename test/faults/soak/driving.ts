// Keeps migrations going in both directions of a pair: through the API, cancelled now and then, by schedules, and as processes that are killed.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationSummary } from '../../../lib/api/resources.ts';
import { startPicferry } from '../../support/picferry.ts';
import type { Random } from '../cameras/random.ts';
import { ENV, type SoakedHost } from './host.ts';
import { directionsOf, MIN_AGE_MS, type SoakPair } from './pairs.ts';

/** While it is asked for nobody begins anything; `busy` are those who have not ended yet. */
export interface Rest {
  asked: boolean;
  busy: number;
}

/** Nothing runs, whoever asked for it: schedules fire in a rest as well. */
export const isQuiet = async (host: SoakedHost, rest: Rest): Promise<boolean> => {
  if (rest.busy > 0) return false;
  const { status, body } = await host.ask('GET', '/migrations');
  assert.equal(status, 200, body);
  const open = (JSON.parse(body) as { migrations: MigrationSummary[] }).migrations.filter(
    ({ endedAt }) => endedAt === undefined,
  );
  // What a killed process left is settled by whoever looks at it.
  const seen = await Promise.all(open.map(({ id }) => host.ask('GET', `/migrations/${id}`)));
  return seen.every((one) => one.status === 200 && (JSON.parse(one.body) as MigrationSummary).endedAt !== undefined);
};

export interface Driving {
  readonly rest: Rest;
  readonly pair: SoakPair;
  readonly host: SoakedHost;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly tally: Record<string, number>;
  /** By migration: what stood whole on its source before it was asked for, and not on its destination when it had ended. */
  readonly notArrived: Map<string, readonly string[]>;
}

export const count = (tally: Record<string, number>, what: string): void => {
  tally[what] = (tally[what] ?? 0) + 1;
};

const OPTIONS = { minAgeMs: MIN_AGE_MS };

/** One after the other, with pauses; whatever the answer is, it is one that the README names. */
export const drive = async (all: Driving): Promise<void> => {
  const { host, random, signal, tally, notArrived, pair, rest } = all;
  while (!signal.aborted) {
    await turn(rest, signal);
    const [[source, from], [destination, to]] = random.pick(directionsOf(pair));
    const keys = pair.album.sentTo(from);
    const mode = random.next() < 0.1 ? 'check' : 'sync';
    const answer = await host.ask('POST', '/migrations', { source, destination, mode, options: OPTIONS });
    if (answer.status === 202) {
      const { id } = JSON.parse(answer.body) as { id: string };
      if (random.next() < 0.15) {
        await sleep(random.between(0, 1_500));
        const { status } = await host.ask('POST', `/migrations/${id}/cancel`);
        assert.ok([202, 409, 500].includes(status), `cancel: ${status}`);
        count(tally, 'cancels');
      }
      // The load may be over first: a camera's last pictures may come before they are copied then.
      if (await hasEnded(id, all)) {
        const there = await to.keys();
        notArrived.set(
          id,
          keys.filter((key) => !there.has(key)),
        );
      }
    } else {
      // A full disk keeps a migration from being written down, and says so.
      assert.ok([409, 500].includes(answer.status), `POST /migrations: ${answer.status} ${answer.body}`);
      count(tally, answer.status === 409 ? 'refused because the pair was busy' : 'refused because the disk was full');
    }
    rest.busy -= 1;
    await sleep(random.between(500, 3_500));
  }
};

const turn = async (rest: Rest, signal: AbortSignal): Promise<void> => {
  while (rest.asked && !signal.aborted) await sleep(50);
  rest.busy += 1;
};

/** Waits for it; false where the load was over before. */
const hasEnded = async (id: string, { host, signal }: Driving): Promise<boolean> => {
  while (!signal.aborted) {
    const answer = await host.ask('GET', `/migrations/${id}`);
    if (answer.status === 200 && (JSON.parse(answer.body) as { endedAt?: string }).endedAt !== undefined) return true;
    const report = await host.ask('GET', `/migrations/${id}/report`);
    assert.ok([200, 404].includes(report.status), `GET /migrations/${id}/report: ${report.status} ${report.body}`);
    await sleep(300);
  }
  return false;
};

/** Child processes on the same state folder, killed wherever they are; some live to their end. */
export const killSyncs = async (
  pairs: readonly SoakPair[],
  {
    root,
    stateDir,
    random,
    signal,
    tally,
    rest,
  }: Omit<Driving, 'pair' | 'host' | 'notArrived'> & { root: string; stateDir: string },
): Promise<void> => {
  while (!signal.aborted) {
    await turn(rest, signal);
    const [[source], [destination]] = random.pick(directionsOf(random.pick(pairs)));
    const flags = ['--state-dir', stateDir, '--json', '--min-age', `${MIN_AGE_MS / 1_000}s`];
    const running = startPicferry(['sync', source, destination, ...flags], { cwd: root, env: ENV });
    const lives = random.next() < 0.2;
    const timer = lives ? undefined : setTimeout(() => running.process.kill('SIGKILL'), random.between(250, 2_500));
    const { code, stderr, signal: by } = await running.ended;
    clearTimeout(timer);
    rest.busy -= 1;
    assert.ok(by === 'SIGKILL' || [0, 1, 3].includes(code ?? -1), `picferry sync: exit ${code}: ${stderr}`);
    count(tally, by === 'SIGKILL' ? 'processes killed' : 'processes that lived');
    await sleep(random.between(1_000, 6_000));
  }
};

/** Both directions of every pair, every minute. */
export const addSchedules = async (pairs: readonly SoakPair[], host: SoakedHost): Promise<void> => {
  for (const pair of pairs) {
    for (const [[source], [destination]] of directionsOf(pair)) {
      const body = {
        name: `${source}-to-${destination}`,
        expression: 'rate(1 minute)',
        mode: 'sync',
        options: OPTIONS,
      };
      const { status, body: said } = await host.ask('POST', '/schedules', { ...body, source, destination });
      assert.equal(status, 201, said);
    }
  }
};

export const removeSchedules = async (host: SoakedHost): Promise<number> => {
  const { schedules } = JSON.parse((await host.ask('GET', '/schedules')).body) as {
    schedules: { name: string; runs: unknown[] }[];
  };
  for (const { name } of schedules) await host.ask('DELETE', `/schedules/${name}`);
  return schedules.reduce((sum, { runs }) => sum + runs.length, 0);
};

/** The last ones, without faults: a busy pair is asked again until it is free. */
export const syncOnce = async (host: SoakedHost, source: string, destination: string) => {
  for (;;) {
    const answer = await host.ask('POST', '/migrations', { source, destination, mode: 'sync', options: OPTIONS });
    if (answer.status === 202) {
      const { id } = JSON.parse(answer.body) as { id: string };
      for (;;) {
        const detail = await host.migration(id);
        if (detail.endedAt !== undefined) return detail;
        await sleep(50);
      }
    }
    assert.equal(answer.status, 409, answer.body);
    await sleep(200);
  }
};
