// One real deployment: `cdk deploy` into the emulator, which enforces the roles' policies, then a migration through it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Amount, NOTHING, plus } from '../../lib/compare/entry.ts';
import { FINDINGS } from '../../lib/compare/findings.ts';
import { fromCompact } from '../../lib/compare/statistics.ts';
import { openEmbedded } from '../../lib/embedded/host.ts';
import type { Report } from '../../lib/report/report.ts';
import type { S3Spec } from '../../lib/stores/spec.ts';
import { reportPath } from '../../lib/workflow/paths.ts';
import type { MigrationRequest } from '../../lib/workflow/request.ts';
import { type StartResult, startMigration } from '../../lib/workflow/start.ts';
import { clientConfig } from '../support/aws.ts';
import { type Deployment, deploy } from '../support/deploy.ts';
import { type Emulator, startEmulator } from '../support/emulator.ts';
import { asContents, contents, fill, scenario } from './scenario.ts';

let emulator: Emulator;
let deployment: Deployment;
let s3: S3Client;

before(async () => {
  emulator = await startEmulator({ auth: true });
  s3 = new S3Client({ ...clientConfig(emulator.endpointUrl), forcePathStyle: true });
  for (const way of ['deployed', 'embedded']) {
    await fill(s3, `${way}-old`, scenario.source);
    await fill(s3, `${way}-new`, scenario.destination);
  }
  deployment = await deploy(emulator, {
    stores: { old: { bucket: 'deployed-old' }, new: { bucket: 'deployed-new' } },
  });
});
after(async () => {
  s3?.destroy();
  await emulator?.stop();
});

const specOf = (bucket: string, more: Partial<S3Spec> = {}): S3Spec => ({
  ...{ type: 's3', bucket, prefix: '', createOnly: 'headFirst' },
  ...more,
});

const requestOf = (way: string, more: Partial<S3Spec> = {}): MigrationRequest => ({
  mode: 'sync',
  source: specOf(`${way}-old`, more),
  destination: specOf(`${way}-new`, more),
  options: scenario.options,
});

const start = async (input: unknown): Promise<StartResult> =>
  (await deployment.invoke(deployment.outputs.StartFunction ?? '', input)) as StartResult;

const reportOf = async (id: string): Promise<Report | undefined> => {
  const Key = reportPath(id);
  const read = s3.send(new GetObjectCommand({ Bucket: deployment.outputs.ReportsBucketName, Key }));
  const { Body } = await read.catch(() => ({ Body: undefined }));
  return Body && (JSON.parse(await Body.transformToString()) as Report);
};

/** The report once the migration has ended. */
const ended = async (id: string): Promise<Report> => {
  for (let tries = 0; tries < 600; tries++) {
    const report = await reportOf(id);
    if (report && report.status !== 'running' && report.status !== 'stopping') return report;
    await sleep(200);
  }
  throw new Error(`Migration ${id} did not end.\n${(await emulator.log()).slice(-5_000)}`);
};

/** What a report says of its migration, in the words of the scenario. */
const figuresOf = ({ status, rounds, findings, outcomes, remaining }: Report) => {
  const source = findings
    ? FINDINGS.map((finding) => [finding, amountOf(fromCompact(findings).findings[finding].source)] as const)
    : [];
  const something = <T extends { readonly count: number }>(entries: readonly (readonly [string, T])[]) =>
    Object.fromEntries(entries.filter(([, { count }]) => count > 0));
  return {
    status,
    rounds,
    findings: something(source),
    outcomes: something(Object.entries(outcomes)),
    remaining,
  };
};

const amountOf = (kinds: Readonly<Record<string, Amount>>): Amount => Object.values(kinds).reduce(plus, NOTHING);

describe('a deployment', () => {
  test('moves what is missing, and both buckets are alike', async () => {
    const started = await start(requestOf('deployed'));
    assert.equal(started.kind, 'started', JSON.stringify(started));
    const report = await ended(started.kind === 'started' ? started.id : '');
    assert.deepEqual(figuresOf(report), scenario.expected, JSON.stringify(report));
    const source = await contents(s3, 'deployed-old');
    assert.deepEqual(source, asContents(scenario.source), 'the source is as it was');
    assert.deepEqual(await contents(s3, 'deployed-new'), source);
  });

  test('finds and does what the embedded mode finds and does', async () => {
    Object.assign(process.env, emulator.env);
    const stateDir = await mkdtemp(join(tmpdir(), 'picferry-state-'));
    const host = await openEmbedded({ stateDir });
    try {
      const started = await startMigration(requestOf('embedded', { endpointUrl: emulator.endpointUrl }), host);
      assert.equal(started.kind, 'started');
      const id = started.kind === 'started' ? started.id : '';
      await host.executions.finished(id);
      const report = JSON.parse(String(await host.files.read(reportPath(id)))) as Report;
      assert.deepEqual(figuresOf(report), scenario.expected, JSON.stringify(report));
      assert.deepEqual(await contents(s3, 'embedded-new'), await contents(s3, 'deployed-new'));
    } finally {
      await host.close();
      await rm(stateDir, { recursive: true, force: true });
    }
  });

  test('refuses stores that are none of its own, and starts nothing', async () => {
    const refused = await start(requestOf('embedded'));
    assert.equal(refused.kind, 'refused');
    assert.match(refused.kind === 'refused' ? refused.message : '', /embedded-old\/ is none of .*\(old, new\)/);
  });

  test('is called by nobody without credentials', async () => {
    const url = `${emulator.endpointUrl}/2015-03-31/functions/${deployment.outputs.StartFunction}/invocations`;
    assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 403);
  });
});
