// Clients, a table and a bucket of the emulator, as the deployed twins find them in AWS.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

/** What every client of the emulator is made with. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export const createRecordsTable = async (endpoint: string, table: string): Promise<DynamoDBClient> => {
  const client = new DynamoDBClient(clientConfig(endpoint));
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'index', 'createdAt'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: key('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'byTime', KeySchema: key('index', 'createdAt'), Projection: { ProjectionType: 'ALL' } },
      ],
    }),
  );
  return client;
};

export const createReportsBucket = async (endpoint: string, bucket: string): Promise<S3Client> => {
  const client = new S3Client({ ...clientConfig(endpoint), forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return client;
};
