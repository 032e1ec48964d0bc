// What stands around a step in a Lambda: its errors keep their names, its logs carry the migration's id.
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import type { Context } from 'aws-lambda';
import { handleStep } from '../../functions/handler.ts';
import { StoreRefused, StoreUnavailable } from '../../lib/stores/errors.ts';
import { readDefinition } from '../../lib/workflow/definition.ts';
import { LockLost, NoProgress, Stopping, SumsDisagree } from '../../lib/workflow/errors.ts';

Object.assign(process.env, { TABLE_NAME: 'table', REPORTS_BUCKET: 'bucket', AWS_REGION: 'us-east-1' });

const lambda = {
  functionName: 'List',
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => 60_000,
} as Context;
const input = { migrationId: '20260131-120000-x7k2p9' };

describe('a step in a Lambda', () => {
  for (const Failure of [SumsDisagree, LockLost, NoProgress, StoreRefused, StoreUnavailable, Stopping]) {
    test(`throws ${Failure.name} under the name that the definition's retriers know`, async () => {
      const handler = handleStep(async () => {
        throw new Failure('because');
      });
      // Lambda's errorType is the thrown error's name.
      await assert.rejects(handler(input, lambda), { name: Failure.name, message: 'because' });
      assert.match(await readDefinition(), new RegExp(`"${Failure.name}"`));
    });
  }

  test('gets a deadline of its own and the input as it is', async () => {
    const handler = handleStep(async (given: typeof input, context) => ({
      given,
      leftMs: context.deadline - context.now(),
    }));
    const { given, leftMs } = await handler(input, lambda);
    assert.deepEqual(given, input);
    assert.ok(leftMs > 0 && leftMs <= 60_000);
  });

  test("logs lines of JSON with the migration's id", async () => {
    const written = mock.method(process.stdout, 'write', () => true);
    await handleStep(async (_: typeof input, context) => context.log('copied', { count: 3 }))(input, lambda);
    written.mock.restore();
    const line = JSON.parse(String(written.mock.calls.at(-1)?.arguments[0]));
    assert.equal(line.message, 'copied');
    assert.equal(line.count, 3);
    assert.equal(line.migrationId, input.migrationId);
  });
});
