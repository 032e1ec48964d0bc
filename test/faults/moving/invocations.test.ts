// Invocations that die, run twice, or go on after their successor, at any call they make: nothing is lost or counted twice.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Options } from '../../../lib/workflow/request.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import { proved, STORES, type Stores } from '../ledger.ts';
import { proveNothingLost, snapshotOf } from '../proof.ts';
import { givenWorld } from '../world.ts';
import { fill, MISSING, sampleOf } from './album.ts';
import { type DeployedInTest, givenDeployed, type Invoke } from './deployed.ts';
import type { Around } from './effects.ts';

/** What happens at the n-th call that invocations make, all in all. */
interface Fault {
  invoke: Invoke;
  /** After the execution: lets what is held go on, and waits for its end. */
  release(): Promise<void>;
  reached(): boolean;
}

const timedOut = () => Object.assign(new Error('Task timed out after 900.00 seconds'), { name: 'Sandbox.Timedout' });

/** Nothing it would have done afterwards ever happens. */
const dies = (n: number): Fault => {
  let calls = 0;
  let reached = false;
  const invoke: Invoke = (_step, run) => {
    let dead = false;
    const around: Around = (_effect, go) => {
      if (!dead && calls++ === n) {
        dead = true;
        reached = true;
      }
      return dead ? Promise.reject(timedOut()) : go();
    };
    return run(around).then(
      (answer) => {
        if (dead) throw timedOut();
        return answer;
      },
      (error) => {
        throw dead ? timedOut() : error;
      },
    );
  };
  return { invoke, release: async () => {}, reached: () => reached };
};

/**
 * Held at its n-th call; Step Functions gives it up and tries again; it goes on, all the way, after so many calls of others.
 * `undefined`: when everything is over.
 */
const late =
  (afterCalls: number | undefined) =>
  (n: number, onHold: () => Promise<void> = async () => {}): Fault => {
    let calls = 0;
    let zombie: Promise<unknown> | undefined;
    const gate = Promise.withResolvers<void>();
    const goesOn = async () => {
      gate.resolve();
      await zombie?.catch(() => {});
    };
    const invoke: Invoke = async (_step, run) => {
      let held = false;
      const givenUp = Promise.withResolvers<never>();
      givenUp.promise.catch(() => {});
      const around: Around = async (_effect, go) => {
        // Until `answer` is known.
        await undefined;
        if (!held && calls++ === n) {
          held = true;
          zombie = answer;
          await onHold();
          givenUp.reject(timedOut());
          await gate.promise;
        } else if (!held && afterCalls !== undefined && calls > n + afterCalls) await goesOn();
        return go();
      };
      const answer: Promise<unknown> = run(around);
      answer.catch(() => {});
      return Promise.race([answer, givenUp.promise]);
    };
    return { invoke, release: goesOn, reached: () => zombie !== undefined };
  };

/** Delivered twice: the second begins when the first makes its n-th call, the two take turns, and one of them is listened to. */
const twice =
  (answers: 'first' | 'second') =>
  (n: number): Fault => {
    let calls = 0;
    let both: Promise<unknown>[] = [];
    const invoke: Invoke = async (_step, run) => {
      let second: Promise<unknown> | undefined;
      const first = run(async (_effect, go) => {
        await undefined;
        if (both.length === 0 && calls++ === n) {
          second = run();
          both = [first, second];
          for (const one of both) one.catch(() => {});
        }
        return go();
      });
      await Promise.allSettled([first]);
      return answers === 'second' && second ? second : first;
    };
    return { invoke, release: async () => void (await Promise.allSettled(both)), reached: () => both.length > 0 };
  };

const everyCall = (make: (n: number) => Fault) => (calls: number) =>
  Array.from({ length: calls }, (_, n) => ({ name: `at call ${n}`, n, make: () => make(n) }));

const FAULTS = [
  {
    fault: 'an invocation times out at any call it makes',
    how: 'at its n-th call of a port nothing more of it happens, and Step Functions tries again',
    cases: everyCall(dies),
    most: 9,
  },
  {
    fault: 'an invocation runs on late, beside or after its successor',
    how: 'it is held at its n-th call until others have made 1 to 80 more, or until the end; all that it does then comes late',
    cases: (calls: number) =>
      [1, 10, 40, 80, undefined].flatMap((after) =>
        everyCall(late(after))(calls).map((one) => ({ ...one, name: `${one.name}, going on after ${after ?? 'all'}` })),
      ),
    most: 16,
  },
  {
    fault: 'an invocation is delivered twice',
    how: 'the second begins when the first makes its n-th call; Step Functions hears either of them',
    cases: (calls: number) =>
      (['first', 'second'] as const).flatMap((answers) =>
        everyCall(twice(answers))(calls).map((one) => ({ ...one, name: `${one.name}, the ${answers} one answers` })),
      ),
    most: 16,
  },
] as const;

const migrate = async (
  t: TestContext,
  stores: Stores,
  options: Partial<Options>,
  { invoke, release, reached }: Fault,
) => {
  const world = await givenWorld(t, { stores, pageSize: 3 });
  await fill(world);
  const before = await snapshotOf(world);
  const deployed = await givenDeployed(world, { invoke });
  const { host } = deployed;
  const id = await start(deployed, world.request('sync', options));
  await deployed.settled(id);
  const early = await proveNothingLost({ world, before, host, id, options });
  await release();
  assert.ok(reached(), 'the fault was reached');
  const report = await proveNothingLost({ world, before, host, id, options });
  assert.deepEqual(report, early, 'what goes on afterwards changes nothing of what was reported');
  assert.equal(report.status, 'done', `${report.cause}: ${report.message}`);
  assert.deepEqual(report.remaining, { count: 0, bytes: 0 });
  const { copied, alreadyThere, replaced, notTried } = report.outcomes;
  const wanted = MISSING + (options.onDifferent === 'overwrite' ? 1 : 0);
  assert.equal(copied.count + alreadyThere.count + replaced.count, wanted, JSON.stringify(report.outcomes));
  assert.equal(notTried.count, 0);
};

const start = async ({ host }: DeployedInTest, request: Parameters<typeof startMigration>[0]): Promise<string> => {
  const started = await startMigration(request, host);
  assert.equal(started.kind, 'started', JSON.stringify(started));
  return started.kind === 'started' ? started.id : '';
};

const callsOf = async (t: TestContext, stores: Stores): Promise<number> => {
  let calls = 0;
  const invoke: Invoke = (_step, run) =>
    run((_effect, go) => {
      calls++;
      return go();
    });
  await migrate(t, stores, {}, { invoke, release: async () => {}, reached: () => true });
  return calls;
};

for (const stores of STORES) {
  describe(stores, () => {
    for (const { fault, how, cases, most } of FAULTS) {
      test(fault, async (t) => {
        const sample = sampleOf(cases(await callsOf(t, stores)), most, STORES.indexOf(stores));
        let failed = 0;
        for (const { name, n, make } of sample) {
          const options: Partial<Options> = n % 2 === 0 ? {} : { onDifferent: 'overwrite' };
          await t.test(name, async (inner) => {
            failed++;
            await migrate(inner, stores, options, make());
            failed--;
          });
        }
        if (failed === 0)
          proved({ fault, how, stores, where: 'as deployed, in the interpreter', cases: sample.length });
      });
    }
  });
}

describe('an invocation of Plan that runs on late finds other folders than its successor', () => {
  // It reads its lock, discovers and writes within its first calls; the others have listed, compared, or copied by then.
  for (const afterCalls of [30, 60, 90]) {
    test(`and goes on after ${afterCalls} calls: what is compared stays what was planned`, async (t) => {
      for (const n of [4, 6, 8, 9, 10, 11]) {
        const world = await givenWorld(t, { stores: 'folder → folder' });
        await fill(world);
        const before = await snapshotOf(world);
        const added: Record<string, Buffer> = {};
        const fault = late(afterCalls)(n, async () => {
          for (const key of ['cam0/a.jpg', 'cam1/b/c.jpg', 'cam3/d.jpg', 'cam4/e.jpg', 'cam5/f.jpg', 'cam6/g.jpg']) {
            added[key] = Buffer.from(key);
            await world.source.put(key, key);
          }
        });
        const deployed = await givenDeployed(world, { invoke: fault.invoke });
        const id = await start(deployed, world.request());
        await deployed.settled(id);
        await fault.release();
        const meanwhile = {
          source: new Map(Object.entries(added).map(([key, body]) => [key, [body]])),
          destination: new Map(),
        };
        const report = await proveNothingLost({ world, before, host: deployed.host, id, meanwhile });
        assert.equal(report.status, 'done', `held at ${n}: ${report.cause}: ${report.message}`);
        assert.equal(report.remaining?.count, 0);
        const there = await world.destination.content();
        for (const key of before.source.keys()) assert.ok(there.has(key), `held at ${n}: ${key}`);
      }
    });
  }
});
