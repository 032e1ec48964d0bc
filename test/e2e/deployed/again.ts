// Deploying again changes nothing; destroying leaves what README names: the table and the bucket.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { clientConfig } from '../../support/aws.ts';
import { queryCall, signedFetch } from '../../support/signed-fetch.ts';
import type { Given } from './given.ts';

/** What is left of this project, by the emulator's own listings. */
const leftOf = async ({ emulator }: Given): Promise<Record<string, readonly string[]>> => {
  const { endpointUrl } = emulator;
  const names = (text: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, name]) => name ?? '').filter((name) => /picferry/i.test(name));
  const listed = async (service: string, path: string, pattern: RegExp): Promise<string[]> =>
    names(await (await signedFetch(endpointUrl, { service, method: 'GET', path })).text(), pattern);
  const targets = async (service: string, target: string, type: string, pattern: RegExp): Promise<string[]> => {
    const headers = { 'content-type': `application/x-amz-json-${type}`, 'x-amz-target': target };
    return names(await (await signedFetch(endpointUrl, { service, path: '/', headers, body: '{}' })).text(), pattern);
  };
  return {
    roles: names(
      await queryCall(endpointUrl, 'iam', { Action: 'ListRoles', Version: '2010-05-08' }),
      /<RoleName>([^<]+)/g,
    ),
    functions: await listed('lambda', '/2015-03-31/functions/', /"FunctionName": ?"([^"]+)"/g),
    apis: await listed('apigateway', '/v2/apis', /"name": ?"([^"]+)"/gi),
    scheduleGroups: await listed('scheduler', '/schedule-groups', /"Name": ?"([^"]+)"/g),
    stateMachines: await targets('states', 'AWSStepFunctions.ListStateMachines', '1.0', /"name": ?"([^"]+)"/g),
    rules: await targets('events', 'AWSEvents.ListRules', '1.1', /"Name": ?"([^"]+)"/g),
    logGroups: await targets('logs', 'Logs_20140328.DescribeLogGroups', '1.1', /"logGroupName": ?"([^"]+)"/g),
  };
};

export const describeDeployingAgain = (given: () => Given): Promise<void> =>
  describe('cdk', () => {
    test('deploy, a second time, changes nothing', async () => {
      assert.match(await given().deployment.cdk('deploy', '--require-approval', 'never', '--no-notices'), /no changes/);
    });

    test('destroy leaves the table and the reports bucket, nothing else', async () => {
      const { emulator, deployment, s3 } = given();
      const before = await leftOf(given());
      for (const [what, names] of Object.entries(before))
        assert.ok(names.length > 0, `there are ${what} to be deleted`);
      await deployment.cdk('destroy', '--force', '--no-notices');
      const left = await leftOf(given());
      assert.deepEqual(left, Object.fromEntries(Object.keys(before).map((what) => [what, []])));
      await s3.send(new HeadBucketCommand({ Bucket: deployment.outputs.ReportsBucketName }));
      const dynamo = new DynamoDBClient(clientConfig(emulator.endpointUrl));
      await dynamo.send(new DescribeTableCommand({ TableName: deployment.outputs.TableName }));
      dynamo.destroy();
    });
  });
