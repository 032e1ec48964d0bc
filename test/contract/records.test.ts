// Both twins of Records keep one contract: SQLite here, DynamoDB in the emulator.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDynamoRecords } from '../../lib/deployed/dynamo-records.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { createRecordsTable } from '../support/aws.ts';
import { startEmulator } from '../support/emulator.ts';
import { recordsContract } from './records.contract.ts';

recordsContract('embedded, on SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'picferry-records-'));
  const records = await openSqliteRecords(join(folder, 'records.sqlite'));
  return {
    records,
    close: async () => {
      records.close();
      await rm(folder, { recursive: true });
    },
  };
});

recordsContract('deployed, on DynamoDB', async () => {
  const emulator = await startEmulator();
  const client = await createRecordsTable(emulator.endpointUrl, 'picferry');
  return {
    records: createDynamoRecords('picferry', client),
    close: async () => {
      client.destroy();
      await emulator.stop();
    },
  };
});
