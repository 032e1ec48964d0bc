// A function's cold start: what its environment says is checked before anything else happens.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openDeployed } from '../../lib/deployed/host.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import { errorReply, inTurn, KEYS, scriptedS3 } from '../support/scripted-s3.ts';

const ENV = { TABLE_NAME: 'table', REPORTS_BUCKET: 'reports' };
const MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Picferry';

describe('the deployed host', () => {
  for (const [what, env, named] of [
    ['no table', { REPORTS_BUCKET: 'reports' }, /TABLE_NAME/],
    ['an empty bucket', { ...ENV, REPORTS_BUCKET: '' }, /REPORTS_BUCKET/],
    ['a lease that is no number', { ...ENV, LEASE_SECONDS: 'soon' }, /LEASE_SECONDS/],
    ['a lease of no time', { ...ENV, LEASE_SECONDS: '0' }, /LEASE_SECONDS/],
    ['another ARN than a state machine', { ...ENV, STATE_MACHINE_ARN: 'arn:aws:s3:::reports' }, /STATE_MACHINE_ARN/],
  ] as const) {
    test(`with ${what} refuses to start and names it`, () => assert.throws(() => openDeployed(env), named));
  }

  test('takes its limits from the environment, and the defaults for the rest', async () => {
    const host = openDeployed({
      ...ENV,
      LEASE_SECONDS: '60',
      HAND_ON_SECONDS: '2.5',
      SHARD_ENTRIES: '10',
      COPY_CONCURRENCY: '4',
      LIST_CONCURRENCY: '3',
    });
    const { leaseMs, handOnMs, shardEntries, copyChildren, listChildren, planDepth } = host.limits;
    assert.deepEqual(
      { leaseMs, handOnMs, shardEntries, copyChildren, listChildren, planDepth },
      {
        leaseMs: 60_000,
        handOnMs: 2_500,
        shardEntries: 10,
        copyChildren: 4,
        listChildren: 3,
        planDepth: 3,
      },
    );
    await host.close();
  });

  test("an invocation's deadline is what Lambda leaves it, and its places are its own", async () => {
    const host = openDeployed(ENV);
    const contexts = [1, 2].map(() => host.stepContext({ getRemainingTimeInMillis: () => 900_000 }));
    const [one, other] = contexts;
    assert.ok(one && other);
    assert.ok(one.deadline >= host.now() + 890_000 && one.deadline <= host.now() + 900_000);
    assert.notEqual(one.attempt, other.attempt);
    assert.notEqual(one.copyPlaces, other.copyPlaces);
    assert.equal(one.memory, other.memory);
    await host.close();
  });

  test('the invocation that runs copies less at once when a store says "slow down", and its pace is the stores’', async () => {
    process.env.AWS_ACCESS_KEY_ID = KEYS.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = KEYS.secretAccessKey;
    await using s3 = await scriptedS3(
      inTurn(errorReply(503, 'SlowDown'), {
        body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>',
      }),
    );
    const counted: string[] = [];
    const host = openDeployed(ENV, { log: () => {}, count: (name) => void counted.push(name) });
    const begin = () => host.stepContext({ getRemainingTimeInMillis: () => 900_000 });
    const [before, context] = [begin(), begin()];
    const asked: string[] = [];
    context.pace.beforeRequest = (method) => {
      asked.push(method);
      return undefined;
    };
    const { endpointUrl } = s3;
    const spec = {
      type: 's3',
      bucket: 'b',
      prefix: '',
      region: 'us-east-1',
      endpointUrl,
      createOnly: 'native',
    } as const;
    const store = await host.openStore(spec, 'source');
    await store.prefixesBelow('', 1);
    assert.deepEqual(asked, ['GET', 'GET']);
    assert.deepEqual(counted, ['Throttles']);
    assert.equal(await mostAtOnce(before), 16, 'one that is over is none of its business');
    assert.equal(await mostAtOnce(context), 8);
    await host.close();
  });

  test('nobody can tell whether a Lambda lives: the lease decides', async () => {
    const { liveness, close } = openDeployed(ENV);
    assert.equal(liveness.mine, undefined);
    assert.equal(await liveness.isDead('4711/whatever'), false);
    await close();
  });

  test('a function without the state machine can neither start nor stop migrations, and says so', async () => {
    const host = openDeployed(ENV);
    await assert.rejects(host.executions.start('m1'), /STATE_MACHINE_ARN/);
    await host.close();
    const starting = openDeployed({ ...ENV, STATE_MACHINE_ARN: MACHINE });
    assert.ok(starting.executions.start);
    await starting.close();
  });
});

/** Of sixteen copies that all begin before one of them ends. */
const mostAtOnce = async ({ copyPlaces }: StepContext): Promise<number> => {
  let [now, most] = [0, 0];
  const copy = async (): Promise<void> => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
  };
  await Promise.all(Array.from({ length: 16 }, () => copyPlaces(copy)));
  return most;
};
