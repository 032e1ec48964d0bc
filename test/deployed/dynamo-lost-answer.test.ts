// A put whose answer was lost and that the client sent again: DynamoDB refuses it because of itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoRecords } from '../../lib/deployed/dynamo-records.ts';
import { scriptedAws } from '../support/scripted-aws.ts';

const DOCUMENT = { pk: 'lock#1', sk: 'lock', fencing: 2 };
const REFUSED = 'ConditionalCheckFailedException';
const standing = (document: object) => ({ Item: { document: { S: JSON.stringify(document) } } });

for (const [what, answers, expected] of [
  ['sent again, and it stands there', [{ status: 500 }, { error: REFUSED, body: standing(DOCUMENT) }], true],
  [
    'sent again, and another one stands there',
    [{ status: 500 }, { error: REFUSED, body: standing({ ...DOCUMENT, fencing: 3 }) }],
    false,
  ],
  ['sent again, and it cannot be seen what stands there', [{ status: 500 }, { error: REFUSED }], false],
  ['sent once: the same document is somebody else’s', [{ error: REFUSED, body: standing(DOCUMENT) }], false],
] as const) {
  test(`a conditional put ${what}: ${expected}`, async () => {
    const { config } = scriptedAws(...answers);
    const client = new DynamoDBClient({ ...config, maxAttempts: 3 });
    const records = createDynamoRecords('table', client);
    assert.equal(await records.put(DOCUMENT, { fencing: 1 }), expected);
  });
}
