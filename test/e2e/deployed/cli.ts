// The command line against a deployment: requests signed with AWS credentials, the same words and exit codes.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { outcomeCounts, picferry, resultIn } from '../../support/picferry.ts';
import type { Given } from './given.ts';

const PICTURE = { Bucket: 'deployed-cli-old', Key: 'cam1/<b>one</b>.jpg', Body: 'one', ContentLength: 3 };

export const describeCli = (given: () => Given): Promise<void> =>
  describe('the command line, against a deployment', () => {
    const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const { emulator, deployment } = given();
      // Without the endpoint: it is the API that is asked, and nothing else.
      const { AWS_ENDPOINT_URL: _, ...keys } = emulator.env;
      return picferry(args, { env: { ...keys, PICFERRY_API: deployment.apiUrl, ...env } });
    };

    test('starts, follows, lists, shows and downloads', async () => {
      await given().s3.send(new PutObjectCommand(PICTURE));
      const synced = await run(['sync', 'cli-old', 'cli-new', '--json']);
      assert.equal(synced.code, 0, synced.stderr);
      const { id, status } = resultIn(synced);
      assert.equal(status, 'done');
      assert.deepEqual(outcomeCounts(resultIn(synced)), { copied: 1 });
      assert.match((await run(['list'])).stdout, new RegExp(`^${id} +done`, 'm'));
      assert.match((await run(['show', id])).stdout, /cli-old/);
      const folder = await mkdtemp(join(tmpdir(), 'picferry-download-'));
      try {
        const downloaded = await run(['report', id, '--download', folder]);
        assert.equal(downloaded.code, 0, downloaded.stderr);
        assert.deepEqual((await readdir(folder)).sort(), ['missing.jsonl.gz', 'report.html', 'report.json']);
        const page = await readFile(join(folder, 'report.html'), 'utf8');
        assert.ok(page.includes('&lt;b&gt;') && !page.includes('<b>one'));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      const checked = await run(['check', 'cli-old', 'cli-new', '--detach']);
      assert.equal(checked.code, 0, checked.stderr);
      const watched = await run(['watch', checked.stdout.trim().split(/\s+/).at(-1) ?? '']);
      assert.equal(watched.code, 0, watched.stderr + watched.stdout);
      assert.match(watched.stdout, /Nothing missing on the destination as of/);
    });

    test('says who was refused, and that names are all it takes', async () => {
      const stranger = await run(['list'], { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' });
      assert.equal(stranger.code, 2);
      assert.match(stranger.stderr, /AKIAIOSFODNN7EXAMPLE/);
      const address = await run(['sync', 's3://deployed-cli-old/', 'cli-new']);
      assert.equal(address.code, 2);
      assert.match(address.stderr, /picferry\.json/);
      const unknown = await run(['sync', 'elsewhere', 'cli-new']);
      assert.equal(unknown.code, 2);
      assert.match(unknown.stderr, /cli-old/, 'it names the stores there are');
    });
  });
