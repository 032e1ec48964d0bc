// Least privilege while running: every function's role may do what it is for, and one thing outside its table is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { FUNCTIONS, type FunctionName } from '../../../lib/infra/names.ts';
import { clientConfig } from '../../support/aws.ts';
import type { Credentials } from '../../support/signed-fetch.ts';
import type { Given } from './given.ts';

const PICTURE = 'cam1/pictures/20260131/20260131120000.jpg';

type Call = (as: Clients, given: Given) => Promise<unknown>;
interface Clients {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBClient;
  readonly sfn: SFNClient;
}

const readPicture: Call = ({ s3 }) => s3.send(new GetObjectCommand({ Bucket: 'deployed-old', Key: PICTURE }));
const listPictures: Call = ({ s3 }) => s3.send(new ListObjectsV2Command({ Bucket: 'deployed-old', MaxKeys: 1 }));
const writePicture: Call = ({ s3 }) =>
  s3.send(
    new PutObjectCommand({ Bucket: 'deployed-nightly-new', Key: 'roles/probe.jpg', Body: 'x', ContentLength: 1 }),
  );
const deletePicture: Call = ({ s3 }) => s3.send(new DeleteObjectCommand({ Bucket: 'deployed-old', Key: PICTURE }));
const readStranger: Call = ({ s3 }) => s3.send(new ListObjectsV2Command({ Bucket: 'embedded-old', MaxKeys: 1 }));
const readRecord: Call = ({ dynamo }, { deployment }) =>
  dynamo.send(
    new GetItemCommand({ TableName: deployment.outputs.TableName, Key: { pk: { S: 'no' }, sk: { S: 'no' } } }),
  );
const writeRecord: Call = ({ dynamo }, { deployment }) =>
  dynamo.send(
    new PutItemCommand({ TableName: deployment.outputs.TableName, Item: { pk: { S: 'probe' }, sk: { S: 'probe' } } }),
  );
const queryOf =
  (more: Partial<QueryCommandInput>): Call =>
  ({ dynamo }, { deployment }) =>
    dynamo.send(new QueryCommand({ TableName: deployment.outputs.TableName, ...more } as QueryCommandInput));
const queryByTime = queryOf({
  IndexName: 'byTime',
  KeyConditionExpression: '#i = :i',
  ExpressionAttributeNames: { '#i': 'index' },
  ExpressionAttributeValues: { ':i': { S: 'migrations' } },
});
const query = queryOf({ KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'no' } } });
const stopExecution: Call = ({ sfn }, { deployment }) =>
  sfn.send(
    new StopExecutionCommand({
      executionArn: `${deployment.outputs.StateMachineArn?.replace(':stateMachine:', ':execution:')}:none`,
    }),
  );

/** One call that the function's table has, and those that it has not. */
const CALLS: Readonly<Record<FunctionName, { readonly may: Call; readonly mayNot: readonly Call[] }>> = {
  Plan: { may: listPictures, mayNot: [deletePicture, writePicture, readStranger, queryByTime] },
  List: { may: listPictures, mayNot: [deletePicture, writePicture, query, readStranger] },
  Summarise: { may: query, mayNot: [readPicture, listPictures, writePicture, queryByTime] },
  Copy: { may: writePicture, mayNot: [deletePicture, query, readStranger] },
  Verify: { may: query, mayNot: [readPicture, writePicture, deletePicture] },
  Finish: { may: writeRecord, mayNot: [query, readPicture, listPictures] },
  Fail: { may: query, mayNot: [readPicture, writePicture, stopExecution] },
  Start: { may: readRecord, mayNot: [readPicture, writePicture, stopExecution] },
  Settle: { may: queryByTime, mayNot: [readPicture, writePicture, stopExecution] },
  Api: { may: queryByTime, mayNot: [readPicture, listPictures, writePicture, deletePicture] },
};

const NAMES = new Map<Call, string>(
  Object.entries({ readPicture, listPictures, writePicture, deletePicture, readStranger, readRecord, writeRecord }).map(
    ([name, call]) => [call, name],
  ),
);
NAMES.set(queryByTime, 'queryByTime').set(query, 'query').set(stopExecution, 'stopExecution');

const clientsOf = (endpointUrl: string, credentials: Credentials): Clients => {
  const config = { ...clientConfig(endpointUrl), credentials };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    dynamo: new DynamoDBClient(config),
    sfn: new SFNClient(config),
  };
};

const isRefused = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return false;
  } catch (error) {
    const { name } = error as Error;
    if (/AccessDenied/.test(name)) return true;
    throw error;
  }
};

export const describeRoles = (given: () => Given): Promise<void> =>
  describe("a function's role, enforced", () => {
    for (const name of FUNCTIONS) {
      test(`${name} may do what it is for, and is refused what is outside its table`, async () => {
        const { emulator, deployment } = given();
        const clients = clientsOf(emulator.endpointUrl, await deployment.roleOf(name));
        const { may, mayNot } = CALLS[name];
        assert.equal(await isRefused(may(clients, given())), false, `${NAMES.get(may)} is its task`);
        for (const call of mayNot) {
          assert.equal(await isRefused(call(clients, given())), true, `${NAMES.get(call)} is none of its business`);
        }
      });
    }
  });
