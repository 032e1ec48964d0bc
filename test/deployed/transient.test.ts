// Which of AWS's errors the workflow tries again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { orUnavailable } from '../../lib/deployed/transient.ts';

const CASES: readonly (readonly [what: string, error: object, becomes: string])[] = [
  ['a throttled table', { name: 'ProvisionedThroughputExceededException' }, 'StoreUnavailable'],
  ['a slow bucket', { name: 'SlowDown', $metadata: { httpStatusCode: 503 } }, 'StoreUnavailable'],
  ['any error of the server', { name: 'Unheard', $metadata: { httpStatusCode: 500 } }, 'StoreUnavailable'],
  ['what the SDK calls retryable', { name: 'Unheard', $retryable: {} }, 'StoreUnavailable'],
  ['a broken connection', { name: 'Error', code: 'ECONNRESET' }, 'StoreUnavailable'],
  ['a time-out', { name: 'TimeoutError' }, 'StoreUnavailable'],
  [
    'a missing permission',
    { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } },
    'AccessDeniedException',
  ],
  ['a refused condition', { name: 'ConditionalCheckFailedException' }, 'ConditionalCheckFailedException'],
  ['a mistake of ours', { name: 'TypeError' }, 'TypeError'],
];

describe('an error of AWS', () => {
  for (const [what, fields, becomes] of CASES) {
    test(`that is ${what} is called ${becomes}`, async () => {
      const error = Object.assign(new Error('said so'), fields);
      await assert.rejects(orUnavailable(Promise.reject(error)), (seen: Error) => {
        assert.equal(seen.name, becomes);
        assert.match(seen.message, /said so/);
        return true;
      });
    });
  }

  test('leaves what went well alone', async () => {
    assert.equal(await orUnavailable(Promise.resolve(7)), 7);
  });
});
