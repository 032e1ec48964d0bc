// Both twins of Links keep one contract: presigned by the SDK for a bucket in the emulator, signed by the server itself.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Link } from '../../lib/api/ports.ts';
import { createBucketReportFiles } from '../../lib/deployed/bucket-report-files.ts';
import { createPresignedLinks } from '../../lib/deployed/links.ts';
import { createFolderReportFiles } from '../../lib/embedded/folder-report-files.ts';
import { linkedFiles } from '../../lib/embedded/linked-files.ts';
import { createSignedLinks } from '../../lib/embedded/signed-links.ts';
import { clientConfig, createReportsBucket } from '../support/aws.ts';
import { startEmulator } from '../support/emulator.ts';
import { endOfPresigned } from '../support/presigned.ts';
import { linksContract } from './links.contract.ts';

linksContract('embedded, signed by the server', true, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'picferry-links-'));
  const files = createFolderReportFiles(folder);
  let ahead = 0;
  const now = () => Date.now() + ahead;
  let port = 0;
  const origin = () => `http://127.0.0.1:${port}`;
  const links = createSignedLinks({ origin, key: 'key', linkSeconds: 60, now });
  const app = new Hono().get('/files/*', linkedFiles(links, files));
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  if (!server.listening) await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  return {
    files,
    links,
    linkSeconds: 60,
    now,
    endIn: ({ url }: Link) => Number(new URL(url).searchParams.get('expires')) * 1000,
    pass: (ms) => {
      ahead += ms;
    },
    close: async () => {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
});

linksContract('deployed, presigned for a bucket', false, async () => {
  const emulator = await startEmulator();
  const client = await createReportsBucket(emulator.endpointUrl, 'reports');
  const { credentials, ...config } = clientConfig(emulator.endpointUrl);
  return {
    files: createBucketReportFiles('reports', client),
    links: createPresignedLinks({
      bucket: 'reports',
      linkSeconds: 3_600,
      keys: async () => credentials,
      now: Date.now,
      client: { ...config, forcePathStyle: true },
    }),
    linkSeconds: 3_600,
    now: Date.now,
    endIn: ({ url }: Link) => endOfPresigned(url),
    pass: () => {},
    close: async () => {
      client.destroy();
      await emulator.stop();
    },
  };
});
