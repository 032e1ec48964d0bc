// What breaks in a deployment: Lambda processes killed while they work, a store that fails. Nothing is lost, whatever it ends as.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import pMap from 'p-map';
import type { MigrationDetail } from '../../../lib/api/resources.ts';
import { proved } from '../../faults/ledger.ts';
import { clientConfig } from '../../support/aws.ts';
import type { Around, MemoryS3 } from '../../support/memory-s3/memory-s3.ts';
import { errorReply, KEYS } from '../../support/scripted-s3.ts';
import { detailOf, type Given, hasEnded, post, start, sync, until } from './given.ts';

const COUNT = 900;
const KILLS = 4;
const SECRET = 'picferry/flaky';

const keys = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `cam${i % 3}/${String(i).padStart(6, '0')}.jpg`);

const keysIn = async (s3: S3Client, Bucket: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    found.push(...Contents.map(({ Key = '', Size }) => `${Key} ${Size}`));
  }
  return found.sort();
};

/** Processes in which the deployment's function of this name runs, in whichever emulator of this machine serves it. */
const processesOf = (functionName: string, endpointUrl: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const isIts = env.some(
          (line) => line.startsWith('AWS_LAMBDA_FUNCTION_NAME=') && line.includes(`-${functionName}`),
        );
        return (
          isIts && env.some((line) => line.startsWith('AWS_ENDPOINT_URL') && line.includes(new URL(endpointUrl).port))
        );
      } catch {
        return false;
      }
    });

/** Every entry of a copy list has one outcome, however many invocations died over it. */
const sumsBalance = ({ outcomes }: MigrationDetail, expected: number): void => {
  const sum = Object.values(outcomes).reduce((all, { count }) => all + count, 0);
  assert.ok(sum <= expected, JSON.stringify(outcomes));
};

/** An invocation that was killed may be running still, for all that anybody can tell: the pair is free once its time is over. */
const startWhenFree = async (given: Given, body: unknown): Promise<string> => {
  for (let tries = 0; tries < 480; tries++) {
    const answer = await post(given, '/migrations', body);
    const text = await answer.text();
    if (answer.status === 202) return (JSON.parse(text) as { id: string }).id;
    assert.equal(answer.status, 409, text);
    await sleep(250);
  }
  throw new Error('The pair stayed busy.');
};

export const describeBreaking = (given: () => Given, flaky: () => MemoryS3): Promise<void> =>
  describe('what breaks in a deployment', () => {
    test('Lambda processes killed while they copy: what they copied is there, the rest is counted, a rerun completes', async () => {
      const { s3, emulator } = given();
      const all = keys(COUNT);
      await pMap(
        all,
        (Key) =>
          s3.send(new PutObjectCommand({ Bucket: 'deployed-killed-old', Key, Body: Key, ContentLength: Key.length })),
        { concurrency: 16 },
      );
      const expected = all.map((key) => `${key} ${key.length}`).sort();
      const id = await start(given(), sync('killed-old', 'killed-new', { concurrency: 1 }));
      await until(given(), id, ({ progress }) => progress.outcomes.copied.count > 0);
      let kills = 0;
      while (kills < KILLS && !hasEnded(await detailOf(given(), id))) {
        for (const pid of processesOf('Copy', emulator.endpointUrl)) process.kill(pid, 'SIGKILL');
        kills++;
        await sleep(1_500);
      }
      assert.equal(kills, KILLS, 'it was killed in the middle, every time');
      const ended = await until(given(), id, hasEnded);
      sumsBalance(ended, COUNT);
      const there = await keysIn(s3, 'deployed-killed-new');
      assert.deepEqual(
        there.filter((one) => !expected.includes(one)),
        [],
        'nothing but whole pictures',
      );
      assert.ok(ended.outcomes.copied.count <= there.length, 'nothing is called copied that is not there');
      if (ended.status === 'done') assert.equal(ended.remaining.count, COUNT - there.length);
      const again = await until(given(), await startWhenFree(given(), sync('killed-old', 'killed-new')), hasEnded);
      assert.equal(again.status, 'done');
      assert.equal(again.remaining.count, 0);
      assert.deepEqual(await keysIn(s3, 'deployed-killed-new'), expected);
      const how = 'SIGKILL to the processes of Copy, again and again while it copies';
      proved({
        fault: 'Lambda processes killed while they work',
        how,
        stores: 'S3 → S3',
        where: 'emulator',
        cases: KILLS,
      });
    });

    test('a source that throttles, breaks off and answers nonsense: all arrives, or is named', async () => {
      const { s3, emulator } = given();
      const secrets = new SecretsManagerClient(clientConfig(emulator.endpointUrl));
      await secrets.send(new CreateSecretCommand({ Name: SECRET, SecretString: JSON.stringify(KEYS) }));
      secrets.destroy();
      const all = keys(300);
      for (const key of all)
        flaky()
          .bucket('flaky')
          .put(key, key, { modifiedAt: Date.UTC(2020, 0, 1) });
      const { around, cases } = failing(all.length);
      flaky().around = around;
      const ended = await until(given(), await start(given(), sync('flaky-old', 'flaky-new')), hasEnded);
      sumsBalance(ended, all.length);
      const expected = all.map((key) => `${key} ${key.length}`).sort();
      const there = await keysIn(s3, 'deployed-flaky-new');
      assert.deepEqual(
        there.filter((one) => !expected.includes(one)),
        [],
        'nothing but whole pictures',
      );
      if (ended.status === 'done') assert.equal(ended.remaining.count, all.length - there.length);
      flaky().around = undefined;
      const again = await until(given(), await startWhenFree(given(), sync('flaky-old', 'flaky-new')), hasEnded);
      assert.equal(again.status, 'done');
      assert.deepEqual(await keysIn(s3, 'deployed-flaky-new'), expected);
      assert.deepEqual(
        flaky()
          .bucket('flaky')
          .history.filter(({ by }) => by === 'request'),
        [],
        'the source is as it was',
      );
      const how = 'every third request or so: 503, 500, a reset, half a body, an error document in a 200; seeded';
      proved({
        fault: 'a store that fails, under enforced roles',
        how,
        stores: 'S3 → another S3',
        where: 'emulator',
        cases,
      });
    });
  });

/** About every third request fails, the same ones in every run. */
const failing = (cases: number): { around: Around; cases: number } => {
  const faults = fc.sample(fc.integer({ min: 0, max: 14 }), { seed: 20, numRuns: 4_096 });
  const around: Around = (_request, next, number) => {
    switch (faults[number % faults.length]) {
      case 0:
        return errorReply(503, 'SlowDown');
      case 1:
        return errorReply(500, 'InternalError');
      case 2:
        return { reset: true };
      case 3:
        return { ...next(), cutAfter: 3 };
      case 4:
        return { ...errorReply(500, 'InternalError'), status: 200 };
      default:
        return next();
    }
  };
  return { around, cases };
};
