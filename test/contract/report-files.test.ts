// Both twins of ReportFiles keep one contract: a folder here, a bucket in the emulator.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBucketReportFiles } from '../../lib/deployed/bucket-report-files.ts';
import { createFolderReportFiles } from '../../lib/embedded/folder-report-files.ts';
import { createReportsBucket } from '../support/aws.ts';
import { startEmulator } from '../support/emulator.ts';
import { reportFilesContract } from './report-files.contract.ts';

reportFilesContract('embedded, in a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'picferry-reports-'));
  return { files: createFolderReportFiles(join(folder, 'reports')), close: () => rm(folder, { recursive: true }) };
});

reportFilesContract('deployed, in a bucket', async () => {
  const emulator = await startEmulator();
  const client = await createReportsBucket(emulator.endpointUrl, 'reports');
  return {
    files: createBucketReportFiles('reports', client),
    close: async () => {
      client.destroy();
      await emulator.stop();
    },
  };
});
