// What the API has beside other functions: the deployment's stores by name, its links, its schedules.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiHostOf } from '../../lib/deployed/api-host.ts';
import { openDeployed } from '../../lib/deployed/host.ts';

const STORES = {
  old: { bucket: 'old-pictures', prefix: 'cams/', region: 'eu-central-1' },
  new: { bucket: 'new-pictures', endpointUrl: 'https://minio.example.com', secret: 'picferry/minio' },
  inside: { bucket: 'old-pictures', prefix: 'cams/cam1/' },
  other_1: { bucket: 'other' },
};
const ENV = { TABLE_NAME: 'table', REPORTS_BUCKET: 'reports', ALLOWED_STORES: JSON.stringify(STORES) };

const given = (more: Readonly<Record<string, string>> = {}) => {
  const env = { ...ENV, ...more };
  return apiHostOf(openDeployed(env), env);
};

describe("the deployment's stores", () => {
  test('are those that picferry.json named when it was deployed', () => {
    const { stores } = given();
    assert.deepEqual(stores.names, ['old', 'new', 'inside', 'other_1']);
    assert.deepEqual(stores.resolve('old', 'source'), {
      ...{ type: 's3', name: 'old', bucket: 'old-pictures', prefix: 'cams/', region: 'eu-central-1' },
      createOnly: 'native',
    });
    assert.deepEqual(stores.resolve('new', 'destination'), {
      ...{ type: 's3', name: 'new', bucket: 'new-pictures', prefix: '' },
      ...{ endpointUrl: 'https://minio.example.com', secret: 'picferry/minio', createOnly: 'headFirst' },
    });
  });

  for (const name of ['', 'other', 's3://old-pictures/cams/', '/etc', '../old', './old', 'constructor', '__proto__']) {
    test(`know nothing of ${JSON.stringify(name)}`, () => {
      assert.equal(given().stores.resolve(name, 'source'), undefined);
    });
  }

  test('see no folders', () => {
    const { stores } = given({ ALLOWED_STORES: '{"field":{"folder":"/var/pictures"}}' });
    assert.equal(stores.resolve('field', 'source'), undefined);
  });

  test('that lie in each other are no pair', () => {
    const { stores } = given();
    const [old, inside] = [stores.resolve('old', 'source')!, stores.resolve('inside', 'destination')!];
    assert.throws(() => stores.checkPair(old, inside), { name: 'UsageError' });
  });

  test('are none where nothing was deployed with it, and a broken list shows at the cold start', () => {
    const env = { TABLE_NAME: 'table', REPORTS_BUCKET: 'reports' };
    assert.deepEqual(apiHostOf(openDeployed(env), env).stores.names, []);
    assert.throws(() => given({ ALLOWED_STORES: '{' }), /ALLOWED_STORES/);
  });
});

describe('schedules', () => {
  const SCHEDULES = {
    SCHEDULE_GROUP: 'picferry',
    SCHEDULER_ROLE_ARN: 'arn:aws:iam::000000000000:role/schedule',
    START_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:000000000000:function:start',
    DEAD_LETTER_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:dead-letters',
  };
  for (const missing of Object.keys(SCHEDULES)) {
    test(`are refused, not half set, by a function without ${missing}`, async () => {
      const { [missing as 'SCHEDULE_GROUP']: _, ...env } = SCHEDULES;
      const { scheduler } = given(env);
      await assert.rejects(
        scheduler.set({ name: 'a', expression: 'rate(1 day)', timeZone: 'UTC' }),
        /SCHEDULE_GROUP, or not all/,
      );
      await assert.rejects(scheduler.unset('a'), /SCHEDULE_GROUP, or not all/);
    });
  }

  test('LINK_SECONDS beyond what S3 takes shows at the cold start', () => {
    assert.throws(() => given({ LINK_SECONDS: '604801' }), /LINK_SECONDS/);
  });
});
