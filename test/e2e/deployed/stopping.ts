// Stopping a deployed migration: what was copied stays counted, and the pair is free only when nothing can write any more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import type { MigrationDetail, Problem } from '../../../lib/api/resources.ts';
import { createDynamoRecords } from '../../../lib/deployed/dynamo-records.ts';
import type { Committed } from '../../../lib/workflow/invocation.ts';
import { migrationPk } from '../../../lib/workflow/record.ts';
import { clientConfig } from '../../support/aws.ts';
import { detailOf, type Given, hasEnded, post, start, sync, until } from './given.ts';

const COUNT = 3_000;

const fill = (s3: S3Client, Bucket: string) =>
  pMap(
    Array.from({ length: COUNT }, (_, i) => `cam1/${String(i).padStart(6, '0')}.jpg`),
    (Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ContentLength: Key.length })),
    { concurrency: 16 },
  );

const countIn = async (s3: S3Client, Bucket: string): Promise<number> => {
  let count = 0;
  for await (const { KeyCount } of paginateListObjectsV2({ client: s3 }, { Bucket })) count += KeyCount ?? 0;
  return count;
};

/** When the last invocation that began must be over, ms. */
const lastTaskUntil = async ({ emulator, deployment }: Given, id: string): Promise<number> => {
  const client = new DynamoDBClient(clientConfig(emulator.endpointUrl));
  const records = createDynamoRecords(deployment.outputs.TableName ?? '', client);
  let latest = 0;
  for await (const { openUntil } of records.list<Committed>(migrationPk(id), 'round#'))
    latest = Math.max(latest, openUntil);
  client.destroy();
  return latest;
};

/** Asks for the pair until it is given; everybody before is refused with the holder's id. */
const startWhenFree = async (given: Given, body: unknown, holder: string): Promise<string> => {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await post(given, '/migrations', body);
    if (answer.status === 202) {
      const now = Date.now();
      assert.ok(tries > 0, 'right after the stop the pair was still busy');
      assert.ok(hasEnded(await detailOf(given, holder)), 'the one before has ended');
      assert.ok((await lastTaskUntil(given, holder)) <= now, 'no task of it can be running');
      return ((await answer.json()) as { id: string }).id;
    }
    assert.equal(answer.status, 409);
    assert.equal(((await answer.json()) as Problem).migrationId, holder);
    await sleep(250);
  }
  throw new Error(`The pair of ${holder} stayed busy.\n${(await given.emulator.log()).slice(-5_000)}`);
};

/** Stops a migration in the middle of its copying, and starts the next one as soon as that is allowed. */
const stopInTheMiddle = async (
  given: Given,
  pair: 'cancelled' | 'stopped',
  stop: (id: string) => Promise<void>,
): Promise<MigrationDetail> => {
  const { s3 } = given;
  const [source, destination] = [`${pair}-old`, `${pair}-new`];
  await fill(s3, `deployed-${source}`);
  // One copy at a time, so that there is something to interrupt.
  const id = await start(given, sync(source, destination, { concurrency: 1 }));
  await until(given, id, ({ progress }) => progress.outcomes.copied.count > 0);
  await stop(id);
  // A check writes nothing, so that what is there afterwards is what the stopped one copied.
  const nextId = await startWhenFree(given, { source, destination, mode: 'check' }, id);
  const ended = await detailOf(given, id);
  const there = await countIn(s3, `deployed-${destination}`);
  assert.ok(there > 0 && there < COUNT, `stopped in the middle: ${there}`);
  assert.equal(ended.outcomes.copied.count, there, 'what was copied is counted, and nothing else');
  assert.equal(ended.outcomes.notTried.count, COUNT - there);
  const next = await until(given, nextId, hasEnded);
  assert.equal(next.status, 'done');
  assert.equal(next.remaining.count, COUNT - there);
  const last = await until(given, await start(given, { from: nextId, only: 'missing' }), hasEnded);
  assert.equal(last.status, 'done');
  assert.equal(last.remaining.count, 0);
  assert.equal(await countIn(s3, `deployed-${destination}`), COUNT);
  return ended;
};

export const describeStopping = (given: () => Given): Promise<void> =>
  describe('a migration that is stopped', { concurrency: true }, () => {
    test('by cancel ends as cancelled', async () => {
      const ended = await stopInTheMiddle(given(), 'cancelled', async (id) => {
        const answer = await post(given(), `/migrations/${id}/cancel`, undefined);
        assert.equal(answer.status, 202, await answer.text());
      });
      assert.equal(ended.status, 'cancelled');
    });

    test('by StopExecution from outside ends as failed (stopped)', async () => {
      const { emulator, deployment } = given();
      const sfn = new SFNClient(clientConfig(emulator.endpointUrl));
      const ended = await stopInTheMiddle(given(), 'stopped', async (id) => {
        const executionArn = `${deployment.outputs.StateMachineArn?.replace(':stateMachine:', ':execution:')}:${id}`;
        await sfn.send(new StopExecutionCommand({ executionArn }));
      });
      sfn.destroy();
      assert.equal(ended.status, 'failed');
      assert.equal(ended.cause, 'stopped');
    });
  });
