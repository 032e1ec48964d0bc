// Deploys the CDK app into the emulator and calls its functions, as a user would with `npx cdk deploy`.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Sha256 } from '@aws-crypto/sha256-js';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { clientConfig } from './aws.ts';
import type { Emulator } from './emulator.ts';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(PROJECT, 'node_modules/.bin');

export interface Deployment {
  /** By the names of the stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the function returns; throws what it throws. */
  invoke(functionName: string, input: unknown): Promise<unknown>;
}

export interface DeployOptions {
  /** What picferry.json says. */
  readonly stores: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, string>>;
}

export const deploy = async (emulator: Emulator, { stores, context = {} }: DeployOptions): Promise<Deployment> => {
  const folder = await mkdtemp(join(tmpdir(), 'picferry-deploy-'));
  try {
    await writeFile(join(folder, 'picferry.json'), JSON.stringify({ stores }));
    await makeAssetsBucket(emulator);
    const given = {
      config: folder,
      // The emulator refuses to let the bootstrap's publishing role be assumed, and speaks HTTP.
      credentials: 'cli',
      tlsOnly: 'false',
      retrySeconds: '1',
      ...context,
    };
    await cdk(emulator, [
      ...['deploy', '--require-approval', 'never', '--no-notices', '--progress', 'events'],
      ...['--output', join(folder, 'cdk.out'), '--outputs-file', join(folder, 'outputs.json')],
      ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    const stacks = JSON.parse(await readFile(join(folder, 'outputs.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const outputs = stacks.Picferry ?? {};
    return { outputs, invoke: (functionName, input) => invoke(emulator, functionName, input) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const cdk = async (emulator: Emulator, args: readonly string[]): Promise<void> => {
  const env = {
    PATH: [BIN, process.env.PATH].join(delimiter),
    HOME: tmpdir(),
    CI: 'true',
    ...emulator.env,
  };
  await run(join(BIN, 'cdk'), [...args], { cwd: PROJECT, env, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`cdk ${args[0]} failed:\n${error.stdout ?? ''}\n${error.stderr ?? error.message}`);
    },
  );
};

/** All of `cdk bootstrap` that a deployment with the caller's own credentials needs. */
const makeAssetsBucket = async ({ endpointUrl }: Emulator): Promise<void> => {
  const s3 = new S3Client({ ...clientConfig(endpointUrl), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'cdk-hnb659fds-assets-000000000000-us-east-1' }));
  s3.destroy();
};

const invoke = async ({ endpointUrl }: Emulator, functionName: string, input: unknown): Promise<unknown> => {
  const { hostname, port } = new URL(endpointUrl);
  const { credentials, region } = clientConfig(endpointUrl);
  const request = await new SignatureV4({ credentials, region, service: 'lambda', sha256: Sha256 }).sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: `/2015-03-31/functions/${functionName}/invocations`,
    query: {},
    headers: { host: `${hostname}:${port}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const { host: _, ...headers } = request.headers;
  const answer = await fetch(`${endpointUrl}${request.path}`, { method: 'POST', headers, body: request.body });
  const text = await answer.text();
  if (!answer.ok || answer.headers.has('x-amz-function-error')) throw new Error(`${functionName}: ${text}`);
  return JSON.parse(text);
};
